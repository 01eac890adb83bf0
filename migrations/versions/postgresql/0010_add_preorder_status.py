"""Let products be ordered before they are there

Create Date: 2024-01-30

A new label at the end of the enum touches no row. It is committed on its own, since PostgreSQL lets nobody use a
label in the transaction that added it; after a crash it may be there already. PostgreSQL can't drop a label, so the
way back makes the type anew and rewrites ``products``; preorders become active, remembered in
``bothways_kept_preorder``, and the way up makes them preorders again, unless they have changed since.
"""

import sqlalchemy as sa
from alembic import op

revision = "pg_0010"
down_revision = "pg_0009"
branch_labels = None
depends_on = None
change = "add-preorder-status"

KEPT = "CREATE TABLE IF NOT EXISTS bothways_kept_preorder (product_id uuid PRIMARY KEY)"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE product_status ADD VALUE IF NOT EXISTS 'preorder'")
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
    # The index's condition compares labels of the type, so it can't outlive it.
    op.drop_index("ix_products_listed", "products")
    op.execute("ALTER TYPE product_status RENAME TO product_status_with_preorder")
    op.execute("CREATE TYPE product_status AS ENUM ('draft', 'active', 'discontinued')")
    op.execute("""
        ALTER TABLE products
            ALTER COLUMN status DROP DEFAULT,
            ALTER COLUMN status TYPE product_status USING status::text::product_status,
            ALTER COLUMN status SET DEFAULT 'draft'
    """)
    op.execute("DROP TYPE product_status_with_preorder")
    op.create_index(
        "ix_products_listed", "products", ["category_id", "price"], postgresql_where=sa.text("status = 'active'")
    )
