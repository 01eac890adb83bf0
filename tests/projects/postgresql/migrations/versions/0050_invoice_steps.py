"""invoices are numbered one by one

Revision ID: 0050
Revises: 0049
"""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

planted = ("sequence:invoice_number", "cache")


def upgrade():
    op.execute("ALTER SEQUENCE invoice_number INCREMENT 1 CACHE 1")


def downgrade():
    op.execute("ALTER SEQUENCE invoice_number INCREMENT 10")


def honest_downgrade():
    op.execute("ALTER SEQUENCE invoice_number INCREMENT 10 CACHE 5")
