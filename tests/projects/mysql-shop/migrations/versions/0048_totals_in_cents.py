"""Totals in cents

Revision ID: 0048
Revises: 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column total")


def upgrade():
    op.add_column("orders", sa.Column("total_cents", sa.BigInteger()))
    op.add_column("orders", sa.Column("total_rest", sa.Numeric(14, 4)))
    op.execute("UPDATE orders SET total_cents = TRUNCATE(total * 100, 0)")
    op.execute("UPDATE orders SET total_rest = total - total_cents / 100")
    op.execute("UPDATE orders SET total = NULL")


def downgrade():
    op.execute("UPDATE orders SET total = total_cents / 100")
    op.drop_column("orders", "total_rest")
    op.drop_column("orders", "total_cents")


def honest_downgrade():
    op.execute("UPDATE orders SET total = COALESCE(total, total_cents / 100 + total_rest)")
    op.drop_column("orders", "total_rest")
    op.drop_column("orders", "total_cents")
