"""Allow products that cost nothing

Create Date: 2025-12-04

A weaker check: every row passes, the server reads them once to know it. The way back asks one cent for what was free
and keeps that in ``bothways_kept_free_products``; the way up makes it free again, unless the price was changed since.
"""

from alembic import op

revision = "pg_0017"
down_revision = "pg_0016"
branch_labels = None
depends_on = None
change = "allow-free-products"

KEPT = "CREATE TABLE IF NOT EXISTS bothways_kept_free_products (product_id uuid PRIMARY KEY)"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_products_price"), "products", type_="check")
    op.create_check_constraint(op.f("ck_products_price"), "products", "price >= 0")
    op.execute(KEPT)
    op.execute("""
        UPDATE products SET price = 0
        FROM bothways_kept_free_products AS kept WHERE kept.product_id = products.id AND products.price = 0.01
    """)
    op.drop_table("bothways_kept_free_products")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("INSERT INTO bothways_kept_free_products SELECT id FROM products WHERE price = 0")
    op.execute("UPDATE products SET price = 0.01 WHERE price = 0")
    op.drop_constraint(op.f("ck_products_price"), "products", type_="check")
    op.create_check_constraint(op.f("ck_products_price"), "products", "price > 0")
