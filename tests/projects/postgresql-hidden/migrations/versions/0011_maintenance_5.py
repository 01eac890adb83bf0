"""a statement that can touch anything

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DO $$ BEGIN PERFORM 5; END $$")


def downgrade():
    op.execute("DO $$ BEGIN PERFORM 5; END $$")
