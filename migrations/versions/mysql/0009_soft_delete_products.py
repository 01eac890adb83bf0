"""Take products out of the catalog without deleting them

Create Date: 2023-10-19

A column without a default is added at once; MariaDB has no partial index, so the index covers all products. The way
back keeps the moments in ``bothways_kept_deleted_at``: the products are in the catalog again until the way up takes
them out.
"""

from alembic import op

revision = "my_0009"
down_revision = "my_0008"
branch_labels = None
depends_on = None
change = "soft-delete-products"

KEPT = """
    CREATE TABLE IF NOT EXISTS bothways_kept_deleted_at (product_id CHAR(32) PRIMARY KEY, deleted_at DATETIME(6))
    ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
"""


def upgrade() -> None:
    op.execute("""
        ALTER TABLE products
            ADD COLUMN deleted_at DATETIME(6)
                COMMENT 'When it was taken out of the catalog, in UTC; empty while it is in it',
            ADD INDEX ix_products_deleted_at (deleted_at)
    """)
    op.execute(KEPT)
    op.execute("""
        UPDATE products JOIN bothways_kept_deleted_at AS kept ON kept.product_id = products.id
        SET products.deleted_at = kept.deleted_at
    """)
    op.drop_table("bothways_kept_deleted_at")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("""
        REPLACE INTO bothways_kept_deleted_at
        SELECT id, deleted_at FROM products WHERE deleted_at IS NOT NULL
    """)
    op.execute("ALTER TABLE products DROP INDEX ix_products_deleted_at, DROP COLUMN deleted_at")
