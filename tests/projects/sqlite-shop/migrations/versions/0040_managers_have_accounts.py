"""Managers have accounts

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

planted = ("rows:shop", "rows")


def upgrade():
    op.create_table(
        "manager",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("shop_id", sa.Integer()),
        sa.Column("name", sa.String(40)),
    )
    op.execute("INSERT INTO manager (shop_id, name) SELECT id, manager FROM shop ORDER BY name")
    op.execute("UPDATE shop SET manager = NULL")


def downgrade():
    op.execute("UPDATE shop SET manager = (SELECT m.name FROM manager m WHERE m.id = shop.id)")
    op.drop_table("manager")


def honest_downgrade():
    op.execute("UPDATE shop SET manager = (SELECT m.name FROM manager m WHERE m.shop_id = shop.id)")
    op.drop_table("manager")
