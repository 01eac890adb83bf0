"""genres belong to the monitor

Revision ID: 0077
Revises: 0076
"""

from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

planted = ("table:genre", "owner")


def upgrade():
    op.execute("ALTER TABLE genre OWNER TO pg_monitor")


def downgrade():
    op.execute("GRANT ALL ON genre TO CURRENT_USER")


def honest_downgrade():
    op.execute("ALTER TABLE genre OWNER TO CURRENT_USER")
