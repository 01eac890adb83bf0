"""Finer payments

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

planted = ("column:payment.amount", "type")


def upgrade():
    op.alter_column("payment", "amount", type_=sa.Numeric(14, 4), existing_type=sa.Numeric(10, 3))


def downgrade():
    op.execute("UPDATE payment SET amount = ROUND(amount, 2)")
    op.alter_column("payment", "amount", type_=sa.Numeric(11, 2), existing_type=sa.Numeric(14, 4))


def honest_downgrade():
    finer = op.get_bind().scalar(sa.text("SELECT COUNT(*) FROM payment WHERE amount <> ROUND(amount, 3)"))
    if finer:
        raise RuntimeError(f"{finer} payments are finer than before")
    op.alter_column("payment", "amount", type_=sa.Numeric(10, 3), existing_type=sa.Numeric(14, 4))
