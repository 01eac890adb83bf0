"""Tickets one by one

Revision ID: 0046
Revises: 0045
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

planted = ("sequence:ticket_number", "definition")


def upgrade():
    op.execute("ALTER SEQUENCE ticket_number INCREMENT BY 1")


def downgrade():
    op.execute("ALTER SEQUENCE ticket_number INCREMENT BY 5 MAXVALUE 999999")


def honest_downgrade():
    op.execute("ALTER SEQUENCE ticket_number INCREMENT BY 5")
