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
    op.alter_column(
        "shop", "name", type_=sa.String(60), existing_type=sa.String(40), existing_nullable=False, server_default="new"
    )


def downgrade():
    op.alter_column("shop", "name", type_=sa.String(40), existing_type=sa.String(60), existing_nullable=False)


def honest_downgrade():
    op.alter_column(
        "shop",
        "name",
        type_=sa.String(40),
        existing_type=sa.String(60),
        existing_nullable=False,
        existing_server_default="new",
    )
