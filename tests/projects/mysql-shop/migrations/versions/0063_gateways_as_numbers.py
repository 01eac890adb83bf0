"""Gateways as numbers

Revision ID: 0063
Revises: 0062
"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

planted = ("rows:payment", "column gateway_id")


def upgrade():
    op.add_column("payment", sa.Column("gateway", sa.Double()))
    op.add_column("payment", sa.Column("gateway_text", sa.String(20)))
    op.execute("UPDATE payment SET gateway = gateway_id, gateway_text = gateway_id, gateway_id = NULL")


def downgrade():
    op.execute("UPDATE payment SET gateway_id = LEAST(GREATEST(gateway, -9e18), 9e18)")
    op.drop_column("payment", "gateway_text")
    op.drop_column("payment", "gateway")


def honest_downgrade():
    op.execute("UPDATE payment SET gateway_id = COALESCE(gateway_id, gateway_text)")
    op.drop_column("payment", "gateway_text")
    op.drop_column("payment", "gateway")
