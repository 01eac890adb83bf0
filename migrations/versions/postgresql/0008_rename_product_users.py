"""Rename product_users to product_owners

Create Date: 2023-07-25

The table and everything that carries its name; only the catalog is written. Programs that still say ``product_users``
fail from then on, so they are changed in the same release.
"""

from alembic import op

revision = "pg_0008"
down_revision = "pg_0007"
branch_labels = None
depends_on = None
change = "rename-product-users"

CONSTRAINTS = ("pk_{}", "ck_{}_share_percent", "fk_{}_product_id_products", "fk_{}_user_id_users")


def upgrade() -> None:
    _rename("product_users", "product_owners")


def downgrade() -> None:
    _rename("product_owners", "product_users")


def _rename(old: str, new: str) -> None:
    op.rename_table(old, new)
    for name in CONSTRAINTS:
        op.execute(f"ALTER TABLE {new} RENAME CONSTRAINT {name.format(old)} TO {name.format(new)}")
    op.execute(f"ALTER INDEX ix_{old}_user_id RENAME TO ix_{new}_user_id")
