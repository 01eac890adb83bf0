"""Give a role to a user only once

Create Date: 2024-08-06

Where a user has a role several times, the oldest grant stays; the others go to ``bothways_kept_user_roles`` and come
back on the way down, if user and role are still there. Building the constraint blocks writes to ``user_roles``
meanwhile.
"""

from alembic import op

revision = "pg_0012"
down_revision = "pg_0011"
branch_labels = None
depends_on = None
change = "unique-user-role"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE bothways_kept_user_roles (
            id bigint PRIMARY KEY, user_id uuid NOT NULL, role_id integer NOT NULL, granted_at timestamptz NOT NULL
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
    op.create_unique_constraint(op.f("uq_user_roles_user_id_role_id"), "user_roles", ["user_id", "role_id"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_user_roles_user_id_role_id"), "user_roles", type_="unique")
    op.execute("""
        INSERT INTO user_roles (id, user_id, role_id, granted_at)
        SELECT id, user_id, role_id, granted_at FROM bothways_kept_user_roles
        WHERE user_id IN (SELECT id FROM users) AND role_id IN (SELECT id FROM roles)
    """)
    op.drop_table("bothways_kept_user_roles")
