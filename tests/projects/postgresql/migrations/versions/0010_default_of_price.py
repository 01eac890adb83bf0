"""products are made with a price

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

planted = ("column:product.price", "default")


def upgrade():
    op.alter_column("product", "price", existing_type=sa.Numeric(12, 4), server_default=None)


def downgrade():
    op.alter_column("product", "price", existing_type=sa.Numeric(12, 4), existing_nullable=False)


def honest_downgrade():
    op.alter_column("product", "price", existing_type=sa.Numeric(12, 4), server_default="0")
