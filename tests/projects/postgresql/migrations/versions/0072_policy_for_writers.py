"""contacts are read by their owners

Revision ID: 0072
Revises: 0071
"""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

planted = ("policy:contact.contact_own", "with_check")


def upgrade():
    op.execute("DROP POLICY contact_own ON contact")
    op.execute("CREATE POLICY contact_own ON contact TO pg_monitor USING (mail IS NOT NULL) WITH CHECK (mail <> '')")


def downgrade():
    op.execute("ALTER POLICY contact_own ON contact USING (mail IS NOT NULL) WITH CHECK (true)")


def honest_downgrade():
    op.execute("DROP POLICY contact_own ON contact")
    op.execute("CREATE POLICY contact_own ON contact FOR SELECT TO pg_monitor USING (mail IS NOT NULL)")
