"""Index the orders of a customer by date

Create Date: 2024-11-27

Built while the shop goes on: CONCURRENTLY neither blocks writes nor runs in a transaction, so it is alone in its
revision. A build that was broken off leaves an invalid index behind; it is dropped before the next try.
"""

import sqlalchemy as sa
from alembic import op

revision = "pg_0013"
down_revision = "pg_0012"
branch_labels = None
depends_on = None
change = "index-orders-by-date"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_orders_customer_id_placed_at")
        op.create_index(
            "ix_orders_customer_id_placed_at",
            "orders",
            ["customer_id", sa.text("placed_at DESC")],
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_customer_id_placed_at", "orders", postgresql_concurrently=True, if_exists=True)
