"""folding is done by the database again

Revision ID: 0070
Revises: 0069
"""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        "CREATE FUNCTION slugify() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.reviewer := lower(NEW.reviewer); RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER tr_review_fold BEFORE UPDATE OF reviewer ON review FOR EACH ROW "
        "WHEN (OLD.reviewer IS DISTINCT FROM NEW.reviewer) EXECUTE FUNCTION slugify()"
    )


def downgrade():
    op.execute("DROP FUNCTION slugify() CASCADE")
