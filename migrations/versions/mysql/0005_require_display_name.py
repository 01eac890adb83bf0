"""Require a display name

Create Date: 2022-11-02

Users without a name get the beginning of their e-mail address. ``bothways_kept_display_name`` remembers them, so that
the way back takes the name away again, unless they have chosen another since. The table is rebuilt in place; every
statement before that may run again after a crash.
"""

from alembic import op

revision = "my_0005"
down_revision = "my_0004"
branch_labels = None
depends_on = None
change = "require-display-name"

KEPT = """
    CREATE TABLE IF NOT EXISTS bothways_kept_display_name (user_id CHAR(32) PRIMARY KEY, given VARCHAR(120) NOT NULL)
    ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
"""
DISPLAY_NAME = "display_name VARCHAR(120) COLLATE utf8mb4_unicode_520_ci {} COMMENT 'Name that others see'"


def upgrade() -> None:
    op.execute(KEPT)
    op.execute("""
        REPLACE INTO bothways_kept_display_name
        SELECT id, LEFT(SUBSTRING_INDEX(email, '@', 1), 120) FROM users WHERE display_name IS NULL
    """)
    op.execute("""
        UPDATE users JOIN bothways_kept_display_name AS kept ON kept.user_id = users.id
        SET users.display_name = kept.given WHERE users.display_name IS NULL
    """)
    op.execute(f"ALTER TABLE users MODIFY {DISPLAY_NAME.format('NOT NULL')}")


def downgrade() -> None:
    op.execute(f"ALTER TABLE users MODIFY {DISPLAY_NAME.format('NULL')}")
    op.execute("""
        UPDATE users JOIN bothways_kept_display_name AS kept ON kept.user_id = users.id
        SET users.display_name = NULL WHERE users.display_name COLLATE utf8mb4_bin = kept.given
    """)
    op.drop_table("bothways_kept_display_name")
