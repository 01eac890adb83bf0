"""Widen the titles of rooms from 80 to 200 characters

Create Date: 2023-02-16

SQLite never counts the letters: the length is only written down, for which ``rooms`` is rebuilt. So the way back has
nothing to cut; longer titles stay as they are.
"""

from alembic import op

revision = "lite_0006"
down_revision = "lite_0005"
branch_labels = None
depends_on = None
change = "widen-room-title"

COLUMNS = "id, host_id, title, language, initial_code, active_users, created_at, updated_at"
DEFINITION = """
    id CHAR(32) NOT NULL,
    host_id CHAR(32) NOT NULL,
    title VARCHAR({length}) COLLATE NOCASE NOT NULL,
    language VARCHAR(20) DEFAULT 'python' NOT NULL,
    initial_code TEXT NOT NULL,
    active_users INTEGER DEFAULT 0 NOT NULL,
    created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    CONSTRAINT pk_rooms PRIMARY KEY (id),
    CONSTRAINT ck_rooms_active_users CHECK (active_users >= 0),
    CONSTRAINT fk_rooms_host_id_users FOREIGN KEY (host_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT ck_rooms_room_language CHECK (language
        IN ('python', 'javascript', 'typescript', 'go', 'rust', 'java', 'coffeescript', 'sql'))
"""


def upgrade() -> None:
    _rebuild(DEFINITION.format(length=200))


def downgrade() -> None:
    _rebuild(DEFINITION.format(length=80))


def _rebuild(definition: str) -> None:
    """SQLite can't alter it, so the table is made anew, filled, and takes the place and the name of the old one."""
    op.execute(f"CREATE TABLE bothways_new_rooms ({definition})")
    op.execute(f"INSERT INTO bothways_new_rooms ({COLUMNS}) SELECT {COLUMNS} FROM rooms")
    op.drop_table("rooms")
    op.rename_table("bothways_new_rooms", "rooms")
    op.create_index("ix_rooms_host_id", "rooms", ["host_id"])
