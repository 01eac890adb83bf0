"""Allow products that cost nothing

Create Date: 2025-12-04

A weaker check: every row passes. The way back asks one cent for what was free and keeps that in
``bothways_kept_free_products``; the way up makes it free again, unless the price was changed since.
"""

from alembic import op

revision = "my_0017"
down_revision = "my_0016"
branch_labels = None
depends_on = None
change = "allow-free-products"

KEPT = """
    CREATE TABLE IF NOT EXISTS bothways_kept_free_products (product_id CHAR(32) PRIMARY KEY)
    ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
"""


def upgrade() -> None:
    _change_check("price >= 0")
    op.execute(KEPT)
    op.execute("""
        UPDATE products JOIN bothways_kept_free_products AS kept ON kept.product_id = products.id
        SET products.price = 0 WHERE products.price = 0.01
    """)
    op.drop_table("bothways_kept_free_products")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("REPLACE INTO bothways_kept_free_products SELECT id FROM products WHERE price = 0")
    op.execute("UPDATE products SET price = 0.01 WHERE price = 0")
    _change_check("price > 0")


def _change_check(condition: str) -> None:
    op.execute(f"""
        ALTER TABLE products
            DROP CONSTRAINT ck_products_price,
            ADD CONSTRAINT ck_products_price CHECK ({condition})
    """)
