"""a statement that can touch anything

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DO $$ BEGIN PERFORM 2; END $$")


def downgrade():
    op.execute("DO $$ BEGIN PERFORM 2; END $$")
