"""Shops seen to the millisecond

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

planted = ("column:shop.seen_at", "extra")


def upgrade():
    op.add_column("shop", sa.Column("visited_at", mysql.DATETIME(fsp=3)))
    op.execute("UPDATE shop SET visited_at = seen_at, seen_at = seen_at")
    op.alter_column(
        "shop",
        "seen_at",
        existing_type=sa.TIMESTAMP(),
        existing_nullable=True,
        server_default=sa.text("CURRENT_TIMESTAMP"),
    )


def downgrade():
    op.drop_column("shop", "visited_at")


def honest_downgrade():
    op.drop_column("shop", "visited_at")
    op.alter_column(
        "shop",
        "seen_at",
        existing_type=sa.TIMESTAMP(),
        existing_nullable=True,
        server_default=sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
    )
