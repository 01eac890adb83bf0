"""a statement that can touch anything

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DO $$ BEGIN PERFORM 6; END $$")


def downgrade():
    op.execute("DO $$ BEGIN PERFORM 6; END $$")
