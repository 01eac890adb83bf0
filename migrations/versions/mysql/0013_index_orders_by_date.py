"""Index the orders of a customer by date

Create Date: 2024-11-27

Built while the shop goes on: with ALGORITHM and LOCK written down, the server refuses rather than block writes.
"""

from alembic import op

revision = "my_0013"
down_revision = "my_0012"
branch_labels = None
depends_on = None
change = "index-orders-by-date"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE orders
            ADD INDEX ix_orders_customer_id_placed_at (customer_id, placed_at DESC),
            ALGORITHM=INPLACE, LOCK=NONE
    """)


def downgrade() -> None:
    op.execute("ALTER TABLE orders DROP INDEX ix_orders_customer_id_placed_at, ALGORITHM=INPLACE, LOCK=NONE")
