"""Widen the titles of rooms from 80 to 200 characters

Create Date: 2023-02-16

A longer varchar is written into the catalog only: no rewrite, no scan. The way back cuts longer titles and keeps them
whole in ``bothways_kept_room_title``; the way up gives them back, unless the title was changed since.
"""

import sqlalchemy as sa
from alembic import op

revision = "pg_0006"
down_revision = "pg_0005"
branch_labels = None
depends_on = None
change = "widen-room-title"

KEPT = "CREATE TABLE IF NOT EXISTS bothways_kept_room_title (room_id uuid PRIMARY KEY, title varchar(200))"


def upgrade() -> None:
    op.alter_column("rooms", "title", type_=sa.String(200))
    op.execute(KEPT)
    op.execute("""
        UPDATE rooms SET title = kept.title
        FROM bothways_kept_room_title AS kept
        WHERE kept.room_id = rooms.id AND rooms.title = left(kept.title, 80)
    """)
    op.drop_table("bothways_kept_room_title")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("INSERT INTO bothways_kept_room_title SELECT id, title FROM rooms WHERE length(title) > 80")
    op.execute("UPDATE rooms SET title = left(title, 80) WHERE length(title) > 80")
    op.alter_column("rooms", "title", type_=sa.String(80))
