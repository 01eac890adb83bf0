"""Longer shop names

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

planted = ("column:shop.name", "default")


def upgrade():
    with op.batch_alter_table("shop") as batch:
        batch.alter_column("name", type_=sa.String(60), existing_nullable=False)


def downgrade():
    with op.batch_alter_table("shop") as batch:
        batch.alter_column("name", type_=sa.String(40), existing_nullable=False, server_default=None)


def honest_downgrade():
    with op.batch_alter_table("shop") as batch:
        batch.alter_column("name", type_=sa.String(40), existing_nullable=False)
