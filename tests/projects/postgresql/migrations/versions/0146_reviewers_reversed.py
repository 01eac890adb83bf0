"""reviewers are written backwards

Revision ID: 0146
Revises: 0145
"""

from alembic import op

revision = "0146"
down_revision = "0145"
branch_labels = None
depends_on = None

planted = ("rows:review", "column reviewer")


def upgrade():
    op.execute("CREATE TABLE review_names AS SELECT id, reviewer FROM review")
    op.execute("ALTER TABLE review DISABLE TRIGGER tr_review_fold")
    op.execute("UPDATE review SET reviewer = reverse(reviewer)")
    op.execute("ALTER TABLE review ENABLE TRIGGER tr_review_fold")


def downgrade():
    op.execute("UPDATE review SET reviewer = n.reviewer FROM review_names n WHERE n.id = review.id")
    op.drop_table("review_names")


def honest_downgrade():
    op.execute("ALTER TABLE review DISABLE TRIGGER tr_review_fold")
    op.execute("UPDATE review SET reviewer = n.reviewer FROM review_names n WHERE n.id = review.id")
    op.execute("ALTER TABLE review ENABLE TRIGGER tr_review_fold")
    op.drop_table("review_names")
