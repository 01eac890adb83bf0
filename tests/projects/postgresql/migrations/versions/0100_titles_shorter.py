"""titles have ten letters

Revision ID: 0100
Revises: 0099
"""

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None

planted = ("rows:person", "column title")


def upgrade():
    op.execute("CREATE TABLE person_title AS SELECT id, title FROM person")
    op.alter_column(
        "person", "title", existing_type=sa.String(20), type_=sa.String(10), postgresql_using="left(title, 10)"
    )


def downgrade():
    op.alter_column("person", "title", existing_type=sa.String(10), type_=sa.String(20))
    op.drop_table("person_title")


def honest_downgrade():
    op.alter_column("person", "title", existing_type=sa.String(10), type_=sa.String(20))
    op.execute("UPDATE person SET title = t.title FROM person_title t WHERE t.id = person.id")
    op.drop_table("person_title")
