"""Forget each week

Revision ID: 0044
Revises: 0043
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

planted = ("event:nightly", "definition")


def upgrade():
    op.execute("ALTER EVENT nightly ON SCHEDULE EVERY 7 DAY STARTS '2030-01-01'")


def downgrade():
    op.execute("ALTER EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:01'")


def honest_downgrade():
    op.execute("ALTER EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01'")
