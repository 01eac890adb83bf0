"""Drop orders.coupon_code

Create Date: 2023-05-10

Nobody has used the column since the shop has vouchers. Its values stay in ``bothways_kept_coupon_code`` for the way
back; the column was the table's last, so that it comes back in its old place.
"""

import sqlalchemy as sa
from alembic import op

revision = "pg_0007"
down_revision = "pg_0006"
branch_labels = None
depends_on = None
change = "drop-coupon-code"


def upgrade() -> None:
    op.execute("CREATE TABLE bothways_kept_coupon_code (order_id uuid PRIMARY KEY, coupon_code varchar(20) NOT NULL)")
    op.execute("""
        INSERT INTO bothways_kept_coupon_code
        SELECT id, coupon_code FROM orders WHERE coupon_code IS NOT NULL
    """)
    op.drop_column("orders", "coupon_code")


def downgrade() -> None:
    op.add_column(
        "orders", sa.Column("coupon_code", sa.String(20, collation="C"), comment="Coupon that the customer gave")
    )
    op.execute("""
        UPDATE orders SET coupon_code = kept.coupon_code
        FROM bothways_kept_coupon_code AS kept WHERE kept.order_id = orders.id
    """)
    op.drop_table("bothways_kept_coupon_code")
