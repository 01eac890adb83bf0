"""Require a display name

Create Date: 2022-11-02

Users without a name get the beginning of their e-mail address. ``bothways_kept_display_name`` remembers them, so that
the way back takes the name away again, unless they have chosen another since. SET NOT NULL reads the whole table
under an exclusive lock; ``users`` is small enough for that.
"""

from alembic import op

revision = "pg_0005"
down_revision = "pg_0004"
branch_labels = None
depends_on = None
change = "require-display-name"


def upgrade() -> None:
    op.execute("CREATE TABLE bothways_kept_display_name (user_id uuid PRIMARY KEY, given varchar(120) NOT NULL)")
    op.execute("""
        INSERT INTO bothways_kept_display_name
        SELECT id, left(split_part(email, '@', 1), 120) FROM users WHERE display_name IS NULL
    """)
    op.execute("""
        UPDATE users SET display_name = kept.given
        FROM bothways_kept_display_name AS kept WHERE kept.user_id = users.id
    """)
    op.alter_column("users", "display_name", nullable=False)


def downgrade() -> None:
    op.alter_column("users", "display_name", nullable=True)
    op.execute("""
        UPDATE users SET display_name = NULL
        FROM bothways_kept_display_name AS kept
        WHERE kept.user_id = users.id AND users.display_name = kept.given
    """)
    op.drop_table("bothways_kept_display_name")
