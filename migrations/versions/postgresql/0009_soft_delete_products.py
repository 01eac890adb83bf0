"""Take products out of the catalog without deleting them

Create Date: 2023-10-19

A column without a default is written into the catalog only; building the partial index reads the table once and
blocks writes meanwhile. The way back keeps the moments in ``bothways_kept_deleted_at``: the products are in the
catalog again until the way up takes them out.
"""

import sqlalchemy as sa
from alembic import op

revision = "pg_0009"
down_revision = "pg_0008"
branch_labels = None
depends_on = None
change = "soft-delete-products"

KEPT = "CREATE TABLE IF NOT EXISTS bothways_kept_deleted_at (product_id uuid PRIMARY KEY, deleted_at timestamptz)"


def upgrade() -> None:
    op.add_column(
        "products",
        sa.Column(
            "deleted_at",
            sa.DateTime(timezone=True),
            comment="When it was taken out of the catalog, in UTC; empty while it is in it",
        ),
    )
    op.create_index(
        "ix_products_deleted_at", "products", ["deleted_at"], postgresql_where=sa.text("deleted_at IS NOT NULL")
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
