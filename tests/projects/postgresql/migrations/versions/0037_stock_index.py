"""the index of what is in stock covers everything

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

planted = ("index:product.ix_product_in_stock", "definition")


def upgrade():
    op.drop_index("ix_product_in_stock", table_name="product")
    op.create_index("ix_product_in_stock", "product", ["category_id"])


def downgrade():
    op.drop_index("ix_product_in_stock", table_name="product")
    op.create_index("ix_product_in_stock", "product", ["category_id"], postgresql_where=sa.text("stock >= 0"))


def honest_downgrade():
    op.drop_index("ix_product_in_stock", table_name="product")
    op.create_index("ix_product_in_stock", "product", ["category_id"], postgresql_where=sa.text("stock > 0"))
