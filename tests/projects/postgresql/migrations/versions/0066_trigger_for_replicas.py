"""reviews are folded on replicas too

Revision ID: 0066
Revises: 0065
"""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

planted = ("trigger:review.tr_review_fold", "enabled")


def upgrade():
    op.execute("ALTER TABLE review ENABLE ALWAYS TRIGGER tr_review_fold")


def downgrade():
    op.execute("ALTER TABLE review DISABLE TRIGGER USER")


def honest_downgrade():
    op.execute("ALTER TABLE review ENABLE TRIGGER tr_review_fold")
