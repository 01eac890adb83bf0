"""Tickets one by one

Revision ID: 0045
Revises: 0044
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

planted = ("sequence:ticket_number", "definition")


def upgrade():
    op.execute("ALTER SEQUENCE ticket_number INCREMENT BY 1")


def downgrade():
    op.execute("ALTER SEQUENCE ticket_number INCREMENT BY 5 MAXVALUE 999999")


def honest_downgrade():
    op.execute("ALTER SEQUENCE ticket_number INCREMENT BY 5")
