"""orders and their lines

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id", name="fk_orders_customer"), nullable=False),
        sa.Column("billing_id", sa.Integer(), sa.ForeignKey("address.id", name="fk_orders_billing"), nullable=True),
        sa.Column("shipping_id", sa.Integer(), sa.ForeignKey("address.id", name="fk_orders_shipping"), nullable=True),
        sa.Column("status", sa.Enum("new", "paid", "shipped", "returned", name="order_status"), nullable=False),
        sa.Column("placed_at", sa.DateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
    )
    op.create_table(
        "order_line",
        sa.Column(
            "order_id",
            sa.Integer(),
            sa.ForeignKey("orders.id", name="fk_order_line_order", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "product_id",
            sa.Integer(),
            sa.ForeignKey("product.id", name="fk_order_line_product", deferrable=True, initially="DEFERRED"),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Numeric(8, 2), nullable=False),
        sa.Column("line_total", sa.Numeric(20, 2), sa.Computed("quantity * unit_price", persisted=True)),
        sa.PrimaryKeyConstraint("order_id", "position", name="pk_order_line"),
        sa.CheckConstraint("quantity > 0", name="ck_order_line_quantity"),
    )


def downgrade():
    op.drop_table("order_line")
    op.drop_table("orders")
    op.execute("DROP TYPE order_status")
