"""Rename users.full_name to display_name

Create Date: 2022-09-13

Renames only, in one statement, so it is quick and loses nothing; programs that still say ``full_name`` fail from then
on, so they are changed in the same release.
"""

from alembic import op

revision = "my_0004"
down_revision = "my_0003"
branch_labels = None
depends_on = None
change = "rename-full-name"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE users
            RENAME COLUMN full_name TO display_name,
            RENAME INDEX ix_users_full_name TO ix_users_display_name
    """)


def downgrade() -> None:
    op.execute("""
        ALTER TABLE users
            RENAME COLUMN display_name TO full_name,
            RENAME INDEX ix_users_display_name TO ix_users_full_name
    """)
