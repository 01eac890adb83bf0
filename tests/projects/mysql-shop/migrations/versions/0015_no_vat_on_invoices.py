"""No vat on invoices

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

planted = ("column:invoice.vat", "extra")


def upgrade():
    op.drop_column("invoice", "vat")


def downgrade():
    op.add_column("invoice", sa.Column("vat", sa.BigInteger(), sa.Computed("net * 19")))


def honest_downgrade():
    op.add_column("invoice", sa.Column("vat", sa.BigInteger(), sa.Computed("net * 19", persisted=True)))
