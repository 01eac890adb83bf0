"""All products in the index

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

planted = ("index:product.ix_product_on_sale", "definition")


def upgrade():
    op.drop_index("ix_product_on_sale", "product")
    op.create_index("ix_product_on_sale", "product", ["sku"])


def downgrade():
    op.drop_index("ix_product_on_sale", "product")
    op.create_index("ix_product_on_sale", "product", ["sku"], sqlite_where=sa.text("stock >= 0"))


def honest_downgrade():
    op.drop_index("ix_product_on_sale", "product")
    op.create_index("ix_product_on_sale", "product", ["sku"], sqlite_where=sa.text("stock > 0"))
