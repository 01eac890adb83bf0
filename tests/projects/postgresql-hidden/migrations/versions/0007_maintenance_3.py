"""a statement that can touch anything

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DO $$ BEGIN PERFORM 3; END $$")


def downgrade():
    op.execute("DO $$ BEGIN PERFORM 3; END $$")
