"""Say what the holders of a role may do

Create Date: 2026-04-22

A column with a constant default is added at once. The way back keeps permissions in ``bothways_kept_permissions``,
and the way up gives them back.
"""

import sqlalchemy as sa
from alembic import op

revision = "lite_0018"
down_revision = "lite_0017"
branch_labels = None
depends_on = None
change = "role-permissions"

KEPT = "CREATE TABLE IF NOT EXISTS bothways_kept_permissions (role_id INTEGER PRIMARY KEY, permissions JSON)"


def upgrade() -> None:
    op.add_column("roles", sa.Column("permissions", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
    op.execute(KEPT)
    op.execute("""
        UPDATE roles SET permissions = kept.permissions
        FROM bothways_kept_permissions AS kept WHERE kept.role_id = roles.id
    """)
    op.drop_table("bothways_kept_permissions")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("INSERT INTO bothways_kept_permissions SELECT id, permissions FROM roles WHERE permissions <> '[]'")
    op.drop_column("roles", "permissions")
