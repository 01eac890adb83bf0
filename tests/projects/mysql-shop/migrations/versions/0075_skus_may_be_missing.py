"""Skus may be missing

Revision ID: 0075
Revises: 0074
"""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

planted = ("rows:product", "column sku")


def upgrade():
    op.alter_column("product", "sku", existing_type=sa.String(30), nullable=True)


def downgrade():
    op.execute("UPDATE product SET sku = '' WHERE sku IS NULL")
    op.alter_column("product", "sku", existing_type=sa.String(30), nullable=False)


def honest_downgrade():
    op.alter_column("product", "sku", existing_type=sa.String(30), nullable=False)
