"""reviewers are always folded

Revision ID: 0066
Revises: 0065
"""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

planted = ("trigger:review.tr_review_fold", "definition")


def upgrade():
    op.execute("DROP TRIGGER tr_review_fold ON review")


def downgrade():
    op.execute(
        "CREATE TRIGGER tr_review_fold BEFORE UPDATE OF reviewer ON review FOR EACH ROW EXECUTE FUNCTION slugify()"
    )


def honest_downgrade():
    op.execute(
        "CREATE TRIGGER tr_review_fold BEFORE UPDATE OF reviewer ON review FOR EACH ROW "
        "WHEN (OLD.reviewer IS DISTINCT FROM NEW.reviewer) EXECUTE FUNCTION slugify()"
    )
