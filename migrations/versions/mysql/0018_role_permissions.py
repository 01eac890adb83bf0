"""Say what the holders of a role may do

Create Date: 2026-04-22

Adds one column. The way back keeps permissions in ``bothways_kept_permissions``, and the way up gives them back.
"""

from alembic import op

revision = "my_0018"
down_revision = "my_0017"
branch_labels = None
depends_on = None
change = "role-permissions"

KEPT = """
    CREATE TABLE IF NOT EXISTS bothways_kept_permissions (role_id INTEGER PRIMARY KEY, permissions JSON)
    ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin
"""


def upgrade() -> None:
    op.execute("""
        ALTER TABLE roles
            ADD COLUMN permissions JSON NOT NULL DEFAULT ('[]') COMMENT 'What holders of the role may do'
    """)
    op.execute(KEPT)
    op.execute("""
        UPDATE roles JOIN bothways_kept_permissions AS kept ON kept.role_id = roles.id
        SET roles.permissions = kept.permissions
    """)
    op.drop_table("bothways_kept_permissions")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("""
        REPLACE INTO bothways_kept_permissions
        SELECT id, permissions FROM roles WHERE JSON_LENGTH(permissions) > 0
    """)
    op.drop_column("roles", "permissions")
