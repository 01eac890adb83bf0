"""Let products be ordered before they are there

Create Date: 2024-01-30

The labels stand in a check, so ``products`` is rebuilt. The way back makes preorders active and remembers them in
``bothways_kept_preorder``; the way up makes them preorders again, unless they have changed since.
"""

import sqlalchemy as sa
from alembic import op

revision = "lite_0010"
down_revision = "lite_0009"
branch_labels = None
depends_on = None
change = "add-preorder-status"

COLUMNS = (
    "id, category_id, sku, name, description, status, price, currency, attributes, tags, "
    "created_at, updated_at, deleted_at"
)
LABELS = "'draft', 'active', 'discontinued', 'preorder'"
OLD_LABELS = "'draft', 'active', 'discontinued'"
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
    CONSTRAINT ck_products_price CHECK (price > 0),
    CONSTRAINT fk_products_category_id_categories
        FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE RESTRICT,
    CONSTRAINT ck_products_product_status CHECK (status IN ({labels}))
"""
KEPT = "CREATE TABLE IF NOT EXISTS bothways_kept_preorder (product_id CHAR(32) PRIMARY KEY)"


def upgrade() -> None:
    _rebuild(DEFINITION.format(labels=LABELS))
    op.execute(KEPT)
    op.execute("""
        UPDATE products SET status = 'preorder'
        FROM bothways_kept_preorder AS kept WHERE kept.product_id = products.id AND products.status = 'active'
    """)
    op.drop_table("bothways_kept_preorder")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("INSERT INTO bothways_kept_preorder SELECT id FROM products WHERE status = 'preorder'")
    op.execute("UPDATE products SET status = 'active' WHERE status = 'preorder'")
    _rebuild(DEFINITION.format(labels=OLD_LABELS))


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
