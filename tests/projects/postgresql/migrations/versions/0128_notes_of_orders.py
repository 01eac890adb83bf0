"""notes of orders are a table

Revision ID: 0128
Revises: 0127
"""

import sqlalchemy as sa
from alembic import op

revision = "0128"
down_revision = "0127"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column note")


def upgrade():
    op.create_table(
        "order_note",
        sa.Column("order_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("customer_id", sa.Integer()),
        sa.Column("note", sa.Text()),
    )
    op.execute("INSERT INTO order_note SELECT id, customer_id, note FROM orders")
    op.execute("UPDATE orders SET note = NULL")


def downgrade():
    op.execute("UPDATE orders SET note = n.note FROM order_note n WHERE n.customer_id = orders.customer_id")
    op.drop_table("order_note")


def honest_downgrade():
    op.execute("UPDATE orders SET note = n.note FROM order_note n WHERE n.order_id = orders.id")
    op.drop_table("order_note")
