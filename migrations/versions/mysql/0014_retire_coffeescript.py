"""Retire CoffeeScript from the languages of rooms

Create Date: 2025-02-12

Rooms that spoke it speak JavaScript from now on; ``bothways_kept_coffeescript`` remembers them for the way back,
which leaves those alone that have changed their language since. The table is copied with writes blocked, in both
directions, because the label is in the middle.
"""

from alembic import op

revision = "my_0014"
down_revision = "my_0013"
branch_labels = None
depends_on = None
change = "retire-coffeescript"

LANGUAGE = "language ENUM({}) NOT NULL DEFAULT 'python' COMMENT 'Language of the editor'"
LABELS = "'python', 'javascript', 'typescript', 'go', 'rust', 'java', 'sql'"
OLD_LABELS = "'python', 'javascript', 'typescript', 'go', 'rust', 'java', 'coffeescript', 'sql'"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS bothways_kept_coffeescript (room_id CHAR(32) PRIMARY KEY)
        ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
    """)
    op.execute("REPLACE INTO bothways_kept_coffeescript SELECT id FROM rooms WHERE language = 'coffeescript'")
    op.execute("UPDATE rooms SET language = 'javascript' WHERE language = 'coffeescript'")
    op.execute(f"ALTER TABLE rooms MODIFY {LANGUAGE.format(LABELS)}")


def downgrade() -> None:
    op.execute(f"ALTER TABLE rooms MODIFY {LANGUAGE.format(OLD_LABELS)}")
    op.execute("""
        UPDATE rooms JOIN bothways_kept_coffeescript AS kept ON kept.room_id = rooms.id
        SET rooms.language = 'coffeescript' WHERE rooms.language = 'javascript'
    """)
    op.drop_table("bothways_kept_coffeescript")
