"""Keep e-mail addresses in lower case, and each only once

Create Date: 2024-04-17

Where several accounts have one address, the oldest keeps it; the others get one that reaches nobody, so that no
account is lost. Every address that changes is kept in ``bothways_kept_email`` and comes back on the way down, unless
it was changed since. ``users`` is rebuilt.
"""

import sqlalchemy as sa
from alembic import op

revision = "lite_0011"
down_revision = "lite_0010"
branch_labels = None
depends_on = None
change = "unique-email"

COLUMNS = "id, email, display_name, is_active, current_room_id, created_at, updated_at"
DEFINITION = """
    id CHAR(32) NOT NULL,
    email VARCHAR(254) NOT NULL,
    display_name VARCHAR(120) COLLATE NOCASE NOT NULL,
    is_active BOOLEAN DEFAULT 1 NOT NULL,
    current_room_id CHAR(32),
    created_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    updated_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),{constraints}
    CONSTRAINT fk_users_current_room_id_rooms FOREIGN KEY (current_room_id) REFERENCES rooms (id) ON DELETE SET NULL
"""
CONSTRAINTS = """
    CONSTRAINT uq_users_email UNIQUE (email),
    CONSTRAINT ck_users_email_lower CHECK (email = lower(email)),"""


def upgrade() -> None:
    op.execute("""
        CREATE TABLE bothways_kept_email (
            user_id CHAR(32) PRIMARY KEY, email VARCHAR(254) NOT NULL, given VARCHAR(254) NOT NULL
        )
    """)
    op.execute("""
        INSERT INTO bothways_kept_email
        SELECT id, email, given
        FROM (
            SELECT id, email,
                CASE WHEN row_number() OVER (PARTITION BY lower(trim(email)) ORDER BY created_at, id) = 1
                THEN lower(trim(email)) ELSE 'duplicate-' || id || '@accounts.invalid' END AS given
            FROM users
        ) AS address
        WHERE given <> email
    """)
    op.execute("UPDATE users SET email = kept.given FROM bothways_kept_email AS kept WHERE kept.user_id = users.id")
    _rebuild(DEFINITION.format(constraints=CONSTRAINTS))


def downgrade() -> None:
    _rebuild(DEFINITION.format(constraints=""))
    op.execute("""
        UPDATE users SET email = kept.email
        FROM bothways_kept_email AS kept WHERE kept.user_id = users.id AND users.email = kept.given
    """)
    op.drop_table("bothways_kept_email")


def _rebuild(definition: str) -> None:
    """SQLite can't alter it, so the table is made anew, filled, and takes the place and the name of the old one."""
    op.execute(f"CREATE TABLE bothways_new_users ({definition})")
    op.execute(f"INSERT INTO bothways_new_users ({COLUMNS}) SELECT {COLUMNS} FROM users")
    op.drop_table("users")
    op.rename_table("bothways_new_users", "users")
    op.create_index("ix_users_current_room_id", "users", ["current_room_id"])
    op.create_index("ix_users_display_name_lower", "users", [sa.text("lower(display_name)")])
