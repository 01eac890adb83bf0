"""Retire CoffeeScript from the languages of rooms

Create Date: 2025-02-12

Rooms that spoke it speak JavaScript from now on; ``bothways_kept_coffeescript`` remembers them for the way back,
which leaves those alone that have changed their language since. The labels stand in a check, so ``rooms`` is rebuilt.
"""

from alembic import op

revision = "lite_0014"
down_revision = "lite_0013"
branch_labels = None
depends_on = None
change = "retire-coffeescript"

COLUMNS = "id, host_id, title, language, initial_code, active_users, created_at, updated_at"
LABELS = "'python', 'javascript', 'typescript', 'go', 'rust', 'java', 'sql'"
OLD_LABELS = "'python', 'javascript', 'typescript', 'go', 'rust', 'java', 'coffeescript', 'sql'"
DEFINITION = """
    id CHAR(32) NOT NULL,
    host_id CHAR(32) NOT NULL,
    title VARCHAR(200) COLLATE NOCASE NOT NULL,
    language VARCHAR(20) DEFAULT 'python' NOT NULL,
    initial_code TEXT NOT NULL,
    active_users INTEGER DEFAULT 0 NOT NULL,
    created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    CONSTRAINT pk_rooms PRIMARY KEY (id),
    CONSTRAINT ck_rooms_active_users CHECK (active_users >= 0),
    CONSTRAINT fk_rooms_host_id_users FOREIGN KEY (host_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT ck_rooms_room_language CHECK (language IN ({labels}))
"""


def upgrade() -> None:
    op.execute("CREATE TABLE bothways_kept_coffeescript (room_id CHAR(32) PRIMARY KEY)")
    op.execute("INSERT INTO bothways_kept_coffeescript SELECT id FROM rooms WHERE language = 'coffeescript'")
    op.execute("UPDATE rooms SET language = 'javascript' WHERE language = 'coffeescript'")
    _rebuild(DEFINITION.format(labels=LABELS))


def downgrade() -> None:
    _rebuild(DEFINITION.format(labels=OLD_LABELS))
    op.execute("""
        UPDATE rooms SET language = 'coffeescript'
        FROM bothways_kept_coffeescript AS kept WHERE kept.room_id = rooms.id AND rooms.language = 'javascript'
    """)
    op.drop_table("bothways_kept_coffeescript")


def _rebuild(definition: str) -> None:
    """SQLite can't alter it, so the table is made anew, filled, and takes the place and the name of the old one."""
    op.execute(f"CREATE TABLE bothways_new_rooms ({definition})")
    op.execute(f"INSERT INTO bothways_new_rooms ({COLUMNS}) SELECT {COLUMNS} FROM rooms")
    op.drop_table("rooms")
    op.rename_table("bothways_new_rooms", "rooms")
    op.create_index("ix_rooms_host_id", "rooms", ["host_id"])
