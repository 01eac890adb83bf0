"""Addresses without blanks

Revision ID: 0067
Revises: 0066
"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

planted = ("rows:supplier", "column address")


def upgrade():
    op.execute("CREATE TABLE supplier_address AS SELECT id, address FROM supplier")
    op.drop_column("supplier", "address")


def downgrade():
    op.add_column("supplier", sa.Column("address", sa.Text()))
    op.execute("UPDATE supplier JOIN supplier_address a USING (id) SET supplier.address = RTRIM(a.address)")
    op.drop_table("supplier_address")


def honest_downgrade():
    op.add_column("supplier", sa.Column("address", sa.Text()))
    op.execute("UPDATE supplier JOIN supplier_address a USING (id) SET supplier.address = a.address")
    op.drop_table("supplier_address")
