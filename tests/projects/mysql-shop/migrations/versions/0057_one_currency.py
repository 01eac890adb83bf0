"""One currency

Revision ID: 0057
Revises: 0056
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column currency")


def upgrade():
    op.execute("CREATE TABLE order_currency AS SELECT id, currency FROM orders")
    op.drop_column("orders", "currency")


def downgrade():
    op.execute("ALTER TABLE orders ADD COLUMN currency CHAR(3) DEFAULT 'EUR' AFTER total")
    op.execute("UPDATE orders JOIN order_currency c USING (id) SET orders.currency = c.currency WHERE c.currency <> ''")
    op.alter_column("orders", "currency", existing_type=sa.CHAR(3), server_default=None)
    op.drop_table("order_currency")


def honest_downgrade():
    op.execute("ALTER TABLE orders ADD COLUMN currency CHAR(3) AFTER total")
    op.execute("UPDATE orders JOIN order_currency c USING (id) SET orders.currency = c.currency")
    op.drop_table("order_currency")
