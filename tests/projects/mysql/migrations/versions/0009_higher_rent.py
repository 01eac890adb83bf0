"""Room for higher rents

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

planted = ("column:shop.rent", "type")


def upgrade():
    op.alter_column("shop", "rent", type_=sa.Numeric(14, 2), existing_nullable=True)


def downgrade():
    op.alter_column("shop", "rent", type_=sa.Numeric(13, 2), existing_nullable=True)


def honest_downgrade():
    op.alter_column("shop", "rent", type_=sa.Numeric(12, 2), existing_nullable=True)
