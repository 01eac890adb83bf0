"""Give a role to a user only once

Create Date: 2024-08-06

Where a user has a role several times, the oldest grant stays; the others go to ``bothways_kept_user_roles`` and come
back on the way down, if user and role are still there. ``user_roles`` is rebuilt.
"""

from alembic import op

revision = "lite_0012"
down_revision = "lite_0011"
branch_labels = None
depends_on = None
change = "unique-user-role"

COLUMNS = "id, user_id, role_id, granted_at"
DEFINITION = """
    id INTEGER NOT NULL,
    user_id CHAR(32) NOT NULL,
    role_id INTEGER NOT NULL,
    granted_at DATETIME DEFAULT (strftime('%Y-%m-%d %H:%M:%f000', 'now')) NOT NULL,
    CONSTRAINT pk_user_roles PRIMARY KEY (id),{constraint}
    CONSTRAINT fk_user_roles_user_id_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_user_roles_role_id_roles FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
"""
CONSTRAINT = """
    CONSTRAINT uq_user_roles_user_id_role_id UNIQUE (user_id, role_id),"""


def upgrade() -> None:
    op.execute("""
        CREATE TABLE bothways_kept_user_roles (
            id INTEGER PRIMARY KEY, user_id CHAR(32) NOT NULL, role_id INTEGER NOT NULL, granted_at DATETIME NOT NULL
        )
    """)
    op.execute("""
        INSERT INTO bothways_kept_user_roles
        SELECT id, user_id, role_id, granted_at
        FROM (
            SELECT *, row_number() OVER (PARTITION BY user_id, role_id ORDER BY granted_at, id) AS place
            FROM user_roles
        ) AS numbered
        WHERE place > 1
    """)
    op.execute("DELETE FROM user_roles WHERE id IN (SELECT id FROM bothways_kept_user_roles)")
    _rebuild(DEFINITION.format(constraint=CONSTRAINT))


def downgrade() -> None:
    _rebuild(DEFINITION.format(constraint=""))
    op.execute("""
        INSERT INTO user_roles (id, user_id, role_id, granted_at)
        SELECT id, user_id, role_id, granted_at FROM bothways_kept_user_roles
        WHERE user_id IN (SELECT id FROM users) AND role_id IN (SELECT id FROM roles)
    """)
    op.drop_table("bothways_kept_user_roles")


def _rebuild(definition: str) -> None:
    """SQLite can't alter it, so the table is made anew, filled, and takes the place and the name of the old one."""
    op.execute(f"CREATE TABLE bothways_new_user_roles ({definition})")
    op.execute(f"INSERT INTO bothways_new_user_roles ({COLUMNS}) SELECT {COLUMNS} FROM user_roles")
    op.drop_table("user_roles")
    op.rename_table("bothways_new_user_roles", "user_roles")
    op.create_index("ix_user_roles_user_id", "user_roles", ["user_id"])
    op.create_index("ix_user_roles_role_id", "user_roles", ["role_id"])
