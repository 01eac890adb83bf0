"""Many audits

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

planted = ("column:audit.id", "extra")


def upgrade():
    op.alter_column(
        "audit", "id", type_=sa.BigInteger(), existing_type=sa.Integer(), nullable=False, autoincrement=True
    )


def downgrade():
    op.alter_column("audit", "id", type_=sa.Integer(), existing_type=sa.BigInteger(), nullable=False)


def honest_downgrade():
    op.alter_column(
        "audit", "id", type_=sa.Integer(), existing_type=sa.BigInteger(), nullable=False, autoincrement=True
    )
