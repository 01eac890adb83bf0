"""Widen the titles of rooms from 80 to 200 characters

Create Date: 2023-02-16

Both lengths need two bytes to be counted, so the longer one is written into the catalog only. The way back cuts
longer titles and keeps them whole in ``bothways_kept_room_title``; the way up gives them back, unless the title was
changed since.
"""

from alembic import op

revision = "my_0006"
down_revision = "my_0005"
branch_labels = None
depends_on = None
change = "widen-room-title"

KEPT = """
    CREATE TABLE IF NOT EXISTS bothways_kept_room_title (room_id CHAR(32) PRIMARY KEY, title VARCHAR(200))
    ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
"""
TITLE = "title VARCHAR({}) COLLATE utf8mb4_unicode_520_ci NOT NULL COMMENT 'What the interview is about'"


def upgrade() -> None:
    op.execute(f"ALTER TABLE rooms MODIFY {TITLE.format(200)}")
    op.execute(KEPT)
    op.execute("""
        UPDATE rooms JOIN bothways_kept_room_title AS kept ON kept.room_id = rooms.id
        SET rooms.title = kept.title WHERE rooms.title COLLATE utf8mb4_bin = LEFT(kept.title, 80)
    """)
    op.drop_table("bothways_kept_room_title")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("REPLACE INTO bothways_kept_room_title SELECT id, title FROM rooms WHERE CHAR_LENGTH(title) > 80")
    op.execute("UPDATE rooms SET title = LEFT(title, 80) WHERE CHAR_LENGTH(title) > 80")
    op.execute(f"ALTER TABLE rooms MODIFY {TITLE.format(80)}")
