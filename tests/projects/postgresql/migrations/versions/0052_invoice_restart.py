"""every year begins with 1000

Revision ID: 0052
Revises: 0051
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

planted = ("rows:invoice_number", "position")


def upgrade():
    op.execute("DROP SEQUENCE invoice_number")


def downgrade():
    op.execute("CREATE SEQUENCE invoice_number MINVALUE 1000 START 1000")


def honest_downgrade():
    op.execute("CREATE SEQUENCE invoice_number MINVALUE 1000 START 1000")
    op.execute("SELECT setval('invoice_number', 5000)")
