"""Tickets have owners

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

planted = ("column:ticket.id", "definition")


def upgrade():
    op.add_column("ticket", sa.Column("owner", sa.String(20)))


def downgrade():
    with op.batch_alter_table("ticket", recreate="always") as batch:
        batch.drop_column("owner")


def honest_downgrade():
    op.drop_column("ticket", "owner")
