"""Take products out of the catalog without deleting them

Create Date: 2023-10-19

A column without a default is added at once; building the partial index reads the table once. The way back keeps the
moments in ``bothways_kept_deleted_at``: the products are in the catalog again until the way up takes them out.
"""

import sqlalchemy as sa
from alembic import op

revision = "lite_0009"
down_revision = "lite_0008"
branch_labels = None
depends_on = None
change = "soft-delete-products"

KEPT = "CREATE TABLE IF NOT EXISTS bothways_kept_deleted_at (product_id CHAR(32) PRIMARY KEY, deleted_at DATETIME)"


def upgrade() -> None:
    op.add_column("products", sa.Column("deleted_at", sa.DateTime()))
    op.create_index(
        "ix_products_deleted_at", "products", ["deleted_at"], sqlite_where=sa.text("deleted_at IS NOT NULL")
    )
    op.execute(KEPT)
    op.execute("""
        UPDATE products SET deleted_at = kept.deleted_at
        FROM bothways_kept_deleted_at AS kept WHERE kept.product_id = products.id
    """)
    op.drop_table("bothways_kept_deleted_at")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("""
        INSERT INTO bothways_kept_deleted_at
        SELECT id, deleted_at FROM products WHERE deleted_at IS NOT NULL
    """)
    op.drop_index("ix_products_deleted_at", "products")
    op.drop_column("products", "deleted_at")
