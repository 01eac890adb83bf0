"""only the owner computes taxes

Revision ID: 0063
Revises: 0062
"""

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

planted = ("routine:gross(net numeric)", "privileges")


def upgrade():
    op.execute("REVOKE EXECUTE ON FUNCTION gross(numeric) FROM PUBLIC")


def downgrade():
    op.execute("GRANT EXECUTE ON FUNCTION gross(numeric) TO pg_monitor")


def honest_downgrade():
    op.execute("GRANT EXECUTE ON FUNCTION gross(numeric) TO PUBLIC")
