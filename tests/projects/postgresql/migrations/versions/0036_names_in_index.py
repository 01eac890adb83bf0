"""names are searched without case

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

planted = ("index:product.ix_product_name_lower", "definition")


def upgrade():
    op.drop_index("ix_product_name_lower", table_name="product")


def downgrade():
    op.create_index("ix_product_name_lower", "product", ["name"])


def honest_downgrade():
    op.create_index("ix_product_name_lower", "product", [sa.text("lower(name)")])
