"""Index the orders of a customer by date

Create Date: 2024-11-27

SQLite has no online form: nobody else writes while the index is built, and there is but one file to read.
"""

import sqlalchemy as sa
from alembic import op

revision = "lite_0013"
down_revision = "lite_0012"
branch_labels = None
depends_on = None
change = "index-orders-by-date"


def upgrade() -> None:
    op.create_index("ix_orders_customer_id_placed_at", "orders", ["customer_id", sa.text("placed_at DESC")])


def downgrade() -> None:
    op.drop_index("ix_orders_customer_id_placed_at", "orders")
