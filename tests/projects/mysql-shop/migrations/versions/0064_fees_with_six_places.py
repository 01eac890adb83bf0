"""Fees with six places

Revision ID: 0064
Revises: 0063
"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

planted = ("rows:payment", "column fee")


def upgrade():
    op.add_column("payment", sa.Column("fee_double", sa.Double()))
    op.execute("UPDATE payment SET fee_double = fee, fee = NULL")


def downgrade():
    op.execute("UPDATE payment SET fee = CAST(fee_double AS DECIMAL(65, 6))")
    op.drop_column("payment", "fee_double")


def honest_downgrade():
    op.execute("UPDATE payment SET fee = COALESCE(fee, fee_double)")
    op.drop_column("payment", "fee_double")
