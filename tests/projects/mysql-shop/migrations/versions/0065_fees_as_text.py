"""Fees as text

Revision ID: 0065
Revises: 0064
"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

planted = ("rows:payment", "column fee")


def upgrade():
    op.add_column("payment", sa.Column("fee_double", sa.Double()))
    op.add_column("payment", sa.Column("fee_text", sa.String(30)))
    op.execute("UPDATE payment SET fee_double = fee, fee_text = fee, fee = NULL")


def downgrade():
    op.execute("UPDATE payment SET fee = fee_text")
    op.drop_column("payment", "fee_text")
    op.drop_column("payment", "fee_double")


def honest_downgrade():
    op.execute("UPDATE payment SET fee = COALESCE(fee, fee_double)")
    op.drop_column("payment", "fee_text")
    op.drop_column("payment", "fee_double")
