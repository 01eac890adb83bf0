"""Totals in cents

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column total")


def upgrade():
    op.execute("CREATE TABLE order_total AS SELECT id, total FROM orders")
    op.execute("UPDATE orders SET total = CAST(total * 100 AS INTEGER)")


def downgrade():
    op.execute("UPDATE orders SET total = total / 100.0")
    op.drop_table("order_total")


def honest_downgrade():
    op.execute("UPDATE orders SET total = (SELECT o.total FROM order_total o WHERE o.id = orders.id)")
    op.drop_table("order_total")
