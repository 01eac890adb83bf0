"""reviewers are folded again

Revision ID: 0067
Revises: 0066
"""

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        "CREATE TRIGGER tr_review_fold BEFORE UPDATE OF reviewer ON review FOR EACH ROW "
        "WHEN (OLD.reviewer IS DISTINCT FROM NEW.reviewer) EXECUTE FUNCTION slugify()"
    )


def downgrade():
    op.execute("DROP TRIGGER tr_review_fold ON review")
