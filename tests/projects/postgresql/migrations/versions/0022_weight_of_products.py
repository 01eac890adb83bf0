"""products have a weight

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

planted = ("column:product.weight", None)


def upgrade():
    op.add_column("product", sa.Column("weight", sa.Integer(), nullable=True))
    op.add_column("product", sa.Column("width", sa.Integer(), nullable=True))


def downgrade():
    op.drop_column("product", "width")


def honest_downgrade():
    op.drop_column("product", "width")
    op.drop_column("product", "weight")
