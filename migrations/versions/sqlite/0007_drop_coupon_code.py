"""Drop orders.coupon_code

Create Date: 2023-05-10

Nobody has used the column since the shop has vouchers. Its values stay in ``bothways_kept_coupon_code`` for the way
back. SQLite drops the column by itself and rewrites the rows of ``orders``.
"""

import sqlalchemy as sa
from alembic import op

revision = "lite_0007"
down_revision = "lite_0006"
branch_labels = None
depends_on = None
change = "drop-coupon-code"


def upgrade() -> None:
    op.execute(
        "CREATE TABLE bothways_kept_coupon_code (order_id CHAR(32) PRIMARY KEY, coupon_code VARCHAR(20) NOT NULL)"
    )
    op.execute("""
        INSERT INTO bothways_kept_coupon_code
        SELECT id, coupon_code FROM orders WHERE coupon_code IS NOT NULL
    """)
    op.drop_column("orders", "coupon_code")


def downgrade() -> None:
    op.add_column("orders", sa.Column("coupon_code", sa.String(20)))
    op.execute("""
        UPDATE orders SET coupon_code = kept.coupon_code
        FROM bothways_kept_coupon_code AS kept WHERE kept.order_id = orders.id
    """)
    op.drop_table("bothways_kept_coupon_code")
