"""Allow products that cost nothing

Create Date: 2025-12-04

A weaker check: every row passes, but ``products`` is rebuilt for it. Prices are whole cents here. The way back asks
one cent for what was free and keeps that in ``bothways_kept_free_products``; the way up makes it free again, unless
the price was changed since.
"""

import sqlalchemy as sa
from alembic import op

revision = "lite_0017"
down_revision = "lite_0016"
branch_labels = None
depends_on = None
change = "allow-free-products"

COLUMNS = (
    "id, category_id, sku, name, description, status, price, currency, attributes, tags, "
    "created_at, updated_at, deleted_at"
)
DEFINITION = """
    id CHAR(32) NOT NULL,
    category_id CHAR(32),
    sku VARCHAR(40) NOT NULL,
    name VARCHAR(160) COLLATE NOCASE NOT NULL,
    description TEXT,
    status VARCHAR(20) DEFAULT 'draft' NOT NULL,
    price INTEGER NOT NULL,
    currency VARCHAR(3) DEFAULT 'EUR' NOT NULL,
    attributes JSON DEFAULT '{{}}' NOT NULL,
    tags JSON DEFAULT '[]' NOT NULL,
    created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    deleted_at DATETIME,
    CONSTRAINT pk_products PRIMARY KEY (id),
    CONSTRAINT uq_products_sku UNIQUE (sku),
    CONSTRAINT ck_products_price CHECK ({price}),
    CONSTRAINT fk_products_category_id_categories
        FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE RESTRICT,
    CONSTRAINT ck_products_product_status CHECK (status IN ('draft', 'active', 'discontinued', 'preorder'))
"""
KEPT = "CREATE TABLE IF NOT EXISTS bothways_kept_free_products (product_id CHAR(32) PRIMARY KEY)"


def upgrade() -> None:
    _rebuild(DEFINITION.format(price="price >= 0"))
    op.execute(KEPT)
    op.execute("""
        UPDATE products SET price = 0
        FROM bothways_kept_free_products AS kept WHERE kept.product_id = products.id AND products.price = 1
    """)
    op.drop_table("bothways_kept_free_products")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("INSERT INTO bothways_kept_free_products SELECT id FROM products WHERE price = 0")
    op.execute("UPDATE products SET price = 1 WHERE price = 0")
    _rebuild(DEFINITION.format(price="price > 0"))


def _rebuild(definition: str) -> None:
    """SQLite can't alter it, so the table is made anew, filled, and takes the place and the name of the old one."""
    op.execute(f"CREATE TABLE bothways_new_products ({definition})")
    op.execute(f"INSERT INTO bothways_new_products ({COLUMNS}) SELECT {COLUMNS} FROM products")
    op.drop_table("products")
    op.rename_table("bothways_new_products", "products")
    op.create_index("ix_products_category_id", "products", ["category_id"])
    op.create_index(
        "ix_products_listed", "products", ["category_id", "price"], sqlite_where=sa.text("status = 'active'")
    )
    op.create_index(
        "ix_products_deleted_at", "products", ["deleted_at"], sqlite_where=sa.text("deleted_at IS NOT NULL")
    )
