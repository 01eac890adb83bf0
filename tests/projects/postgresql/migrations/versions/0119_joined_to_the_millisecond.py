"""milliseconds are enough

Revision ID: 0119
Revises: 0118
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0119"
down_revision = "0118"
branch_labels = None
depends_on = None

planted = ("rows:person", "column joined_at")


def upgrade():
    op.execute("CREATE TABLE person_joined AS SELECT id, joined_at FROM person")
    op.alter_column("person", "joined_at", existing_type=sa.DateTime(), type_=postgresql.TIMESTAMP(precision=3))


def downgrade():
    op.alter_column("person", "joined_at", existing_type=postgresql.TIMESTAMP(precision=3), type_=sa.DateTime())
    op.drop_table("person_joined")


def honest_downgrade():
    op.alter_column("person", "joined_at", existing_type=postgresql.TIMESTAMP(precision=3), type_=sa.DateTime())
    op.execute("UPDATE person SET joined_at = j.joined_at FROM person_joined j WHERE j.id = person.id")
    op.drop_table("person_joined")
