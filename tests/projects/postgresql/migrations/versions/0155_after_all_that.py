"""statements that can touch anything

Revision ID: 0155
Revises: 0154
"""

from alembic import op

revision = "0155"
down_revision = "0154"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DO $$ BEGIN PERFORM 1; END $$")


def downgrade():
    op.execute("DO $$ BEGIN PERFORM 1; END $$")
