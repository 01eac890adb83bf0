"""First hundred visits

Revision ID: 0083
Revises: 0082
"""

from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE visit ADD COLUMN id INTEGER NOT NULL AUTO_INCREMENT PRIMARY KEY")
    op.execute("ALTER TABLE visit ADD COLUMN branch_code VARCHAR(30)")
    op.execute("UPDATE visit SET branch_code = branch, branch = NULL")


def downgrade():
    op.execute("UPDATE visit SET branch = COALESCE(branch, branch_code)")
    op.execute("ALTER TABLE visit DROP COLUMN branch_code, DROP COLUMN id")
