"""statements that can touch anything

Revision ID: 0157
Revises: 0156
"""

from alembic import op

revision = "0157"
down_revision = "0156"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DO $$ BEGIN PERFORM 1; END $$")


def downgrade():
    op.execute("DO $$ BEGIN PERFORM 1; END $$")
