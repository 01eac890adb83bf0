"""only the owner computes taxes

Revision ID: 0064
Revises: 0063
"""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

planted = ("routine:gross(net numeric)", "privileges")


def upgrade():
    op.execute("REVOKE EXECUTE ON FUNCTION gross(numeric) FROM PUBLIC")


def downgrade():
    op.execute("GRANT EXECUTE ON FUNCTION gross(numeric) TO pg_monitor")


def honest_downgrade():
    op.execute("GRANT EXECUTE ON FUNCTION gross(numeric) TO PUBLIC")
