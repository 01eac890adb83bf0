"""Retire CoffeeScript from the languages of rooms

Create Date: 2025-02-12

Rooms that spoke it speak JavaScript from now on; ``bothways_kept_coffeescript`` remembers them for the way back,
which leaves those alone that have changed their language since. PostgreSQL can't drop a label, so the type is made
anew and ``rooms`` rewritten under an exclusive lock, in both directions: a label comes back to its old place only in
a new type.
"""

from alembic import op

revision = "pg_0014"
down_revision = "pg_0013"
branch_labels = None
depends_on = None
change = "retire-coffeescript"

LABELS = "'python', 'javascript', 'typescript', 'go', 'rust', 'java', 'sql'"
OLD_LABELS = "'python', 'javascript', 'typescript', 'go', 'rust', 'java', 'coffeescript', 'sql'"


def upgrade() -> None:
    op.execute("CREATE TABLE bothways_kept_coffeescript (room_id uuid PRIMARY KEY)")
    op.execute("INSERT INTO bothways_kept_coffeescript SELECT id FROM rooms WHERE language = 'coffeescript'")
    op.execute("UPDATE rooms SET language = 'javascript' WHERE language = 'coffeescript'")
    _make_anew(LABELS)


def downgrade() -> None:
    _make_anew(OLD_LABELS)
    op.execute("""
        UPDATE rooms SET language = 'coffeescript'
        FROM bothways_kept_coffeescript AS kept WHERE kept.room_id = rooms.id AND rooms.language = 'javascript'
    """)
    op.drop_table("bothways_kept_coffeescript")


def _make_anew(labels: str) -> None:
    op.execute("ALTER TYPE room_language RENAME TO room_language_before")
    op.execute(f"CREATE TYPE room_language AS ENUM ({labels})")
    op.execute("""
        ALTER TABLE rooms
            ALTER COLUMN language DROP DEFAULT,
            ALTER COLUMN language TYPE room_language USING language::text::room_language,
            ALTER COLUMN language SET DEFAULT 'python'
    """)
    op.execute("DROP TYPE room_language_before")
