"""shelves are replicated by their code

Revision ID: 0041
Revises: 0040
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

planted = ("table:shelf", "replica_identity")


def upgrade():
    op.execute("ALTER TABLE shelf REPLICA IDENTITY USING INDEX shelf_code_key")


def downgrade():
    op.execute("ALTER TABLE shelf REPLICA IDENTITY FULL")


def honest_downgrade():
    op.execute("ALTER TABLE shelf REPLICA IDENTITY DEFAULT")
