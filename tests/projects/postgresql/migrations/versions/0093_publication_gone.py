"""reviews are no longer published

Revision ID: 0093
Revises: 0092
"""

from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DROP PUBLICATION review_feed")


def downgrade():
    op.execute("CREATE PUBLICATION review_feed FOR TABLE review")
