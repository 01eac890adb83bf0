"""Require a display name

Create Date: 2022-11-02

Users without a name get the beginning of their e-mail address. ``bothways_kept_display_name`` remembers them, so that
the way back takes the name away again, unless they have chosen another since. ``users`` is rebuilt.
"""

import sqlalchemy as sa
from alembic import op

revision = "lite_0005"
down_revision = "lite_0004"
branch_labels = None
depends_on = None
change = "require-display-name"

COLUMNS = "id, email, display_name, is_active, current_room_id, created_at, updated_at"
DEFINITION = """
    id CHAR(32) NOT NULL,
    email VARCHAR(254) NOT NULL,
    display_name VARCHAR(120) COLLATE NOCASE{required},
    is_active BOOLEAN DEFAULT 1 NOT NULL,
    current_room_id CHAR(32),
    created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT fk_users_current_room_id_rooms FOREIGN KEY (current_room_id) REFERENCES rooms (id) ON DELETE SET NULL
"""


def upgrade() -> None:
    op.execute("CREATE TABLE bothways_kept_display_name (user_id CHAR(32) PRIMARY KEY, given VARCHAR(120) NOT NULL)")
    op.execute("""
        INSERT INTO bothways_kept_display_name
        SELECT id, substr(email, 1, min(120, CASE instr(email, '@') WHEN 0 THEN 120 ELSE instr(email, '@') - 1 END))
        FROM users WHERE display_name IS NULL
    """)
    op.execute("""
        UPDATE users SET display_name = kept.given
        FROM bothways_kept_display_name AS kept WHERE kept.user_id = users.id
    """)
    _rebuild(DEFINITION.format(required=" NOT NULL"))


def downgrade() -> None:
    _rebuild(DEFINITION.format(required=""))
    op.execute("""
        UPDATE users SET display_name = NULL
        FROM bothways_kept_display_name AS kept
        WHERE kept.user_id = users.id AND users.display_name = kept.given COLLATE BINARY
    """)
    op.drop_table("bothways_kept_display_name")


def _rebuild(definition: str) -> None:
    """SQLite can't alter it, so the table is made anew, filled, and takes the place and the name of the old one."""
    op.execute(f"CREATE TABLE bothways_new_users ({definition})")
    op.execute(f"INSERT INTO bothways_new_users ({COLUMNS}) SELECT {COLUMNS} FROM users")
    op.drop_table("users")
    op.rename_table("bothways_new_users", "users")
    op.create_index("ix_users_current_room_id", "users", ["current_room_id"])
    op.create_index("ix_users_display_name_lower", "users", [sa.text("lower(display_name)")])
