"""reviews are published

Revision ID: 0092
Revises: 0091
"""

from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None

planted = ("publication:review_feed", None)


def upgrade():
    op.execute("CREATE PUBLICATION review_feed FOR TABLE review")


def downgrade():
    op.execute("ALTER PUBLICATION review_feed DROP TABLE review")


def honest_downgrade():
    op.execute("DROP PUBLICATION review_feed")
