"""article numbers are looked up exactly

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

planted = ("index:product.ix_product_sku", "definition")


def upgrade():
    op.drop_index("ix_product_sku", table_name="product")
    op.create_index("ix_product_sku", "product", ["sku"], postgresql_using="hash")


def downgrade():
    op.drop_index("ix_product_sku", table_name="product")
    op.create_index("ix_product_sku", "product", [sa.text("sku DESC")])


def honest_downgrade():
    op.drop_index("ix_product_sku", table_name="product")
    op.create_index("ix_product_sku", "product", ["sku"])
