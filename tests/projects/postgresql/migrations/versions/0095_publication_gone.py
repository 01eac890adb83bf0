"""reviews are no longer published

Revision ID: 0095
Revises: 0094
"""

from alembic import op

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("DROP PUBLICATION review_feed")


def downgrade():
    op.execute("CREATE PUBLICATION review_feed FOR TABLE review")
