"""invoices are numbered by hand

Revision ID: 0051
Revises: 0050
"""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

planted = ("sequence:invoice_number", "owned_by")


def upgrade():
    op.execute("ALTER SEQUENCE invoice_number OWNED BY NONE")


def downgrade():
    op.execute("ALTER SEQUENCE invoice_number OWNED BY orders.id")


def honest_downgrade():
    op.execute("ALTER SEQUENCE invoice_number OWNED BY orders.number")
