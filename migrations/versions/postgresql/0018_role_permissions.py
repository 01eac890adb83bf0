"""Say what the holders of a role may do

Create Date: 2026-04-22

A column with a constant default is written into the catalog only. The way back keeps permissions in
``bothways_kept_permissions``, and the way up gives them back.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "pg_0018"
down_revision = "pg_0017"
branch_labels = None
depends_on = None
change = "role-permissions"

KEPT = "CREATE TABLE IF NOT EXISTS bothways_kept_permissions (role_id integer PRIMARY KEY, permissions text[])"


def upgrade() -> None:
    op.add_column(
        "roles",
        sa.Column(
            "permissions",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'::text[]"),
            nullable=False,
            comment="What holders of the role may do",
        ),
    )
    op.execute(KEPT)
    op.execute("""
        UPDATE roles SET permissions = kept.permissions
        FROM bothways_kept_permissions AS kept WHERE kept.role_id = roles.id
    """)
    op.drop_table("bothways_kept_permissions")


def downgrade() -> None:
    op.execute(KEPT)
    op.execute("INSERT INTO bothways_kept_permissions SELECT id, permissions FROM roles WHERE permissions <> '{}'")
    op.drop_column("roles", "permissions")
