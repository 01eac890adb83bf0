"""folding is done by the application

Revision ID: 0069
Revises: 0068
"""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

planted = ("trigger:review.tr_review_fold", None)


def upgrade():
    op.execute("DROP FUNCTION slugify() CASCADE")


def downgrade():
    op.execute(
        "CREATE FUNCTION slugify() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.reviewer := lower(NEW.reviewer); RETURN NEW; END $$"
    )


def honest_downgrade():
    op.execute(
        "CREATE FUNCTION slugify() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.reviewer := lower(NEW.reviewer); RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER tr_review_fold BEFORE UPDATE OF reviewer ON review FOR EACH ROW "
        "WHEN (OLD.reviewer IS DISTINCT FROM NEW.reviewer) EXECUTE FUNCTION slugify()"
    )
    op.execute("ALTER TABLE review ENABLE ALWAYS TRIGGER tr_review_fold")
