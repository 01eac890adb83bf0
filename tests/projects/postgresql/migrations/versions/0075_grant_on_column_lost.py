"""phones are read only

Revision ID: 0075
Revises: 0074
"""

from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

planted = ("column:contact.phone", "privileges")


def upgrade():
    op.execute("REVOKE UPDATE (phone) ON contact FROM pg_monitor")


def downgrade():
    op.execute("GRANT SELECT (phone) ON contact TO pg_monitor")


def honest_downgrade():
    op.execute("GRANT UPDATE (phone) ON contact TO pg_monitor")
