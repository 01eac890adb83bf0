"""Tickets of the next owner

Revision ID: 0058
Revises: 0057
"""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

planted = ("rows:ticket", "column code")


def upgrade():
    op.execute("CREATE TABLE ticket_code AS SELECT id, code FROM ticket")
    op.execute("UPDATE ticket SET code = NULL")


def downgrade():
    op.execute(
        "UPDATE ticket SET code = (SELECT c.code FROM ticket_code c JOIN ticket_code d ON d.id = c.id + 1"
        " WHERE c.id = ticket.id)"
    )
    op.drop_table("ticket_code")


def honest_downgrade():
    op.execute("UPDATE ticket SET code = (SELECT c.code FROM ticket_code c WHERE c.id = ticket.id)")
    op.drop_table("ticket_code")
