"""Rename users.full_name to display_name

Create Date: 2022-09-13

SQLite renames the column itself, also where keys and checks name it; an index can't be renamed, so it is built anew
under its new name. Programs that still say ``full_name`` fail from then on, so they are changed in the same release.
"""

import sqlalchemy as sa
from alembic import op

revision = "lite_0004"
down_revision = "lite_0003"
branch_labels = None
depends_on = None
change = "rename-full-name"


def upgrade() -> None:
    op.drop_index("ix_users_full_name_lower", "users")
    op.execute("ALTER TABLE users RENAME COLUMN full_name TO display_name")
    op.create_index("ix_users_display_name_lower", "users", [sa.text("lower(display_name)")])


def downgrade() -> None:
    op.drop_index("ix_users_display_name_lower", "users")
    op.execute("ALTER TABLE users RENAME COLUMN display_name TO full_name")
    op.create_index("ix_users_full_name_lower", "users", [sa.text("lower(full_name)")])
