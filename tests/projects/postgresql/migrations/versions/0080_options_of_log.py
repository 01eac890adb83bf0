"""the log of visits is vacuumed

Revision ID: 0080
Revises: 0079
"""

from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

planted = ("table:visit_log", "options")


def upgrade():
    op.execute("ALTER TABLE visit_log RESET (autovacuum_enabled)")
    op.execute("ALTER TABLE visit_log SET (fillfactor = 100)")


def downgrade():
    op.execute("ALTER TABLE visit_log SET (autovacuum_enabled = false)")


def honest_downgrade():
    op.execute("ALTER TABLE visit_log SET (autovacuum_enabled = false, fillfactor = 80)")
