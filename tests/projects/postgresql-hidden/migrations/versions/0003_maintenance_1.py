"""a statement that can touch anything

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DO $$ BEGIN PERFORM 1; END $$")


def downgrade():
    op.execute("DO $$ BEGIN PERFORM 1; END $$")
