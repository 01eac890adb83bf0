"""Give a role to a user only once

Create Date: 2024-08-06

Where a user has a role several times, the oldest grant stays; the others go to ``bothways_kept_user_roles`` and come
back on the way down, if user and role are still there. The constraint comes last; the statements before may run again
after a crash.
"""

from alembic import op

revision = "my_0012"
down_revision = "my_0011"
branch_labels = None
depends_on = None
change = "unique-user-role"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE IF NOT EXISTS bothways_kept_user_roles (
            id BIGINT PRIMARY KEY, user_id CHAR(32) NOT NULL, role_id INTEGER NOT NULL, granted_at DATETIME(6) NOT NULL
        ) ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
    """)
    op.execute("""
        REPLACE INTO bothways_kept_user_roles
        SELECT id, user_id, role_id, granted_at
        FROM (
            SELECT id, user_id, role_id, granted_at,
                row_number() OVER (PARTITION BY user_id, role_id ORDER BY granted_at, id) AS place
            FROM user_roles
        ) AS numbered
        WHERE place > 1
    """)
    op.execute("DELETE FROM user_roles WHERE id IN (SELECT id FROM bothways_kept_user_roles)")
    op.create_unique_constraint(op.f("uq_user_roles_user_id_role_id"), "user_roles", ["user_id", "role_id"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_user_roles_user_id_role_id"), "user_roles", type_="unique")
    op.execute("""
        INSERT IGNORE INTO user_roles (id, user_id, role_id, granted_at)
        SELECT id, user_id, role_id, granted_at FROM bothways_kept_user_roles
        WHERE user_id IN (SELECT id FROM users) AND role_id IN (SELECT id FROM roles)
    """)
    op.drop_table("bothways_kept_user_roles")
