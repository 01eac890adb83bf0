"""an order is sent to one address

Revision ID: 0130
Revises: 0129
"""

from alembic import op

revision = "0130"
down_revision = "0129"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column shipping_id")


def upgrade():
    op.execute("CREATE TABLE order_shipping AS SELECT id, shipping_id FROM orders")
    op.execute("UPDATE orders SET shipping_id = NULL")


def downgrade():
    op.execute(
        "UPDATE orders SET shipping_id = nullif(s.shipping_id, orders.billing_id) "
        "FROM order_shipping s WHERE s.id = orders.id"
    )
    op.drop_table("order_shipping")


def honest_downgrade():
    op.execute("UPDATE orders SET shipping_id = s.shipping_id FROM order_shipping s WHERE s.id = orders.id")
    op.drop_table("order_shipping")
