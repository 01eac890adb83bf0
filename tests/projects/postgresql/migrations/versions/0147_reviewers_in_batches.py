"""reviewers are moved in batches

Revision ID: 0147
Revises: 0146
"""

from alembic import op

revision = "0147"
down_revision = "0146"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE review DISABLE TRIGGER tr_review_fold")
    op.execute("CREATE TABLE review_reviewer AS SELECT id, reviewer FROM review")
    op.execute("UPDATE review SET reviewer = NULL")
    op.execute("ALTER TABLE review ENABLE TRIGGER tr_review_fold")


def downgrade():
    op.execute("ALTER TABLE review DISABLE TRIGGER tr_review_fold")
    op.execute("UPDATE review SET reviewer = r.reviewer FROM review_reviewer r WHERE r.id = review.id")
    op.execute("ALTER TABLE review ENABLE TRIGGER tr_review_fold")
    op.drop_table("review_reviewer")
