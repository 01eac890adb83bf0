"""Rename product_users to product_owners

Create Date: 2023-07-25

SQLite renames tables, but neither constraints nor indexes, so the table is made anew under its new name and filled.
Programs that still say ``product_users`` fail from then on, so they are changed in the same release.
"""

from alembic import op

revision = "lite_0008"
down_revision = "lite_0007"
branch_labels = None
depends_on = None
change = "rename-product-users"

COLUMNS = "product_id, user_id, share_percent, since"


def upgrade() -> None:
    _rename("product_users", "product_owners")


def downgrade() -> None:
    _rename("product_owners", "product_users")


def _rename(old: str, new: str) -> None:
    op.execute(f"""
        CREATE TABLE {new} (
            product_id CHAR(32) NOT NULL,
            user_id CHAR(32) NOT NULL,
            share_percent SMALLINT DEFAULT 100 NOT NULL,
            since DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
            CONSTRAINT pk_{new} PRIMARY KEY (product_id, user_id),
            CONSTRAINT ck_{new}_share_percent CHECK (share_percent > 0 AND share_percent <= 100),
            CONSTRAINT fk_{new}_product_id_products
                FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
            CONSTRAINT fk_{new}_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
        )
    """)
    op.execute(f"INSERT INTO {new} ({COLUMNS}) SELECT {COLUMNS} FROM {old}")
    op.drop_table(old)
    op.create_index(f"ix_{new}_user_id", new, ["user_id"])
