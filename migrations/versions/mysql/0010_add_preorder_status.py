"""Let products be ordered before they are there

Create Date: 2024-01-30

A new label at the end of the enum is written into the catalog only. The way back makes preorders active and remembers
them in ``bothways_kept_preorder``; the way up makes them preorders again, unless they have changed since. Taking a
label away copies the table, with writes blocked.
"""

from alembic import op

revision = "my_0010"
down_revision = "my_0009"
branch_labels = None
depends_on = None
change = "add-preorder-status"

KEPT = """
    CREATE TABLE IF NOT EXISTS bothways_kept_preorder (product_id CHAR(32) PRIMARY KEY)
    ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
"""
STATUS = "status ENUM({}) NOT NULL DEFAULT 'draft' COMMENT 'Where the product is in its life'"
LABELS = "'draft', 'active', 'discontinued', 'preorder'"
OLD_LABELS = "'draft', 'active', 'discontinued'"


def upgrade() -> None:
    op.execute(f"ALTER TABLE products MODIFY {STATUS.format(LABELS)}")
    op.execute(KEPT)
    op.execute("""
        UPDATE products JOIN bothways_kept_preorder AS kept ON kept.product_id = products.id
        SET products.status = 'preorder' WHERE products.status = 'active'
    """)
    op.drop_table("bothways_kept_preorder")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("REPLACE INTO bothways_kept_preorder SELECT id FROM products WHERE status = 'preorder'")
    op.execute("UPDATE products SET status = 'active' WHERE status = 'preorder'")
    op.execute(f"ALTER TABLE products MODIFY {STATUS.format(OLD_LABELS)}")
