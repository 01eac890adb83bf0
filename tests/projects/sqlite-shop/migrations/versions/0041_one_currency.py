"""One currency

Revision ID: 0041
Revises: 0040
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column currency")


def upgrade():
    op.execute("CREATE TABLE order_currency AS SELECT id, currency FROM orders")
    op.execute("UPDATE orders SET currency = NULL")


def downgrade():
    op.execute(
        "UPDATE orders SET currency = coalesce((SELECT c.currency FROM order_currency c WHERE c.id = orders.id), 'EUR')"
    )
    op.drop_table("order_currency")


def honest_downgrade():
    op.execute("UPDATE orders SET currency = (SELECT c.currency FROM order_currency c WHERE c.id = orders.id)")
    op.drop_table("order_currency")
