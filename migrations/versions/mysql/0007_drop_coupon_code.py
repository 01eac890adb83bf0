"""Drop orders.coupon_code

Create Date: 2023-05-10

Nobody has used the column since the shop has vouchers. Its values are safe in ``bothways_kept_coupon_code`` before it
goes, for the way back.
"""

from alembic import op

revision = "my_0007"
down_revision = "my_0006"
branch_labels = None
depends_on = None
change = "drop-coupon-code"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS bothways_kept_coupon_code (
            order_id CHAR(32) PRIMARY KEY, coupon_code VARCHAR(20) NOT NULL
        ) ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
    """)
    op.execute("""
        REPLACE INTO bothways_kept_coupon_code
        SELECT id, coupon_code FROM orders WHERE coupon_code IS NOT NULL
    """)
    op.drop_column("orders", "coupon_code")


def downgrade() -> None:
    op.execute("""
        ALTER TABLE orders
            ADD COLUMN coupon_code VARCHAR(20) COMMENT 'Coupon that the customer gave' AFTER updated_at
    """)
    op.execute("""
        UPDATE orders JOIN bothways_kept_coupon_code AS kept ON kept.order_id = orders.id
        SET orders.coupon_code = kept.coupon_code
    """)
    op.drop_table("bothways_kept_coupon_code")
