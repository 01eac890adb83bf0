"""Rename product_users to product_owners

Create Date: 2023-07-25

The table and everything that carries its name, in one statement. Foreign keys and checks can't be renamed here: they
are made anew, for which the server reads the table. Programs that still say ``product_users`` fail from then on, so
they are changed in the same release.
"""

from alembic import op

revision = "my_0008"
down_revision = "my_0007"
branch_labels = None
depends_on = None
change = "rename-product-users"


def upgrade() -> None:
    _rename("product_users", "product_owners")


def downgrade() -> None:
    _rename("product_owners", "product_users")


def _rename(old: str, new: str) -> None:
    op.execute(f"""
        ALTER TABLE {old}
            DROP FOREIGN KEY fk_{old}_product_id_products,
            DROP FOREIGN KEY fk_{old}_user_id_users,
            DROP CONSTRAINT ck_{old}_share_percent,
            RENAME INDEX ix_{old}_user_id TO ix_{new}_user_id,
            ADD CONSTRAINT ck_{new}_share_percent CHECK (share_percent > 0 AND share_percent <= 100),
            ADD CONSTRAINT fk_{new}_product_id_products
                FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
            ADD CONSTRAINT fk_{new}_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
            RENAME TO {new}
    """)
