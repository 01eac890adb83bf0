"""Big stocks

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

planted = ("column:stock.n", "type")


def upgrade():
    with op.batch_alter_table("stock") as batch:
        batch.alter_column("n", type_=sa.BigInteger)


def downgrade():
    with op.batch_alter_table("stock") as batch:
        batch.alter_column("n", type_=sa.SmallInteger)


def honest_downgrade():
    with op.batch_alter_table("stock") as batch:
        batch.alter_column("n", type_=sa.Integer)
