"""who was not asked gets no letters

Revision ID: 0101
Revises: 0100
"""

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

planted = ("rows:person", "column newsletter")


def upgrade():
    op.create_table("person_not_asked", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False))
    op.execute("INSERT INTO person_not_asked SELECT id FROM person WHERE newsletter IS NULL")
    op.execute("UPDATE person SET newsletter = false WHERE newsletter IS NULL")
    op.alter_column("person", "newsletter", existing_type=sa.Boolean(), nullable=False, server_default=sa.false())


def downgrade():
    op.alter_column("person", "newsletter", existing_type=sa.Boolean(), nullable=True, server_default=None)
    op.drop_table("person_not_asked")


def honest_downgrade():
    op.alter_column("person", "newsletter", existing_type=sa.Boolean(), nullable=True, server_default=None)
    op.execute("UPDATE person SET newsletter = NULL WHERE id IN (SELECT id FROM person_not_asked)")
    op.drop_table("person_not_asked")
