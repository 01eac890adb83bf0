"""a statement that can touch anything

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DO $$ BEGIN PERFORM 4; END $$")


def downgrade():
    op.execute("DO $$ BEGIN PERFORM 4; END $$")
