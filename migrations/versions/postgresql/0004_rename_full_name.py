"""Rename users.full_name to display_name

Create Date: 2022-09-13

Renames only, so it is quick and loses nothing; programs that still say ``full_name`` fail from then on, so they are
changed in the same release.
"""

from alembic import op

revision = "pg_0004"
down_revision = "pg_0003"
branch_labels = None
depends_on = None
change = "rename-full-name"


def upgrade() -> None:
    op.alter_column("users", "full_name", new_column_name="display_name")
    op.execute("ALTER INDEX ix_users_full_name_lower RENAME TO ix_users_display_name_lower")


def downgrade() -> None:
    op.execute("ALTER INDEX ix_users_display_name_lower RENAME TO ix_users_full_name_lower")
    op.alter_column("users", "display_name", new_column_name="full_name")
