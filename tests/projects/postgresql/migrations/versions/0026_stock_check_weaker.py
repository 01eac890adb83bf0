"""back orders are negative stock

Revision ID: 0026
Revises: 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

planted = ("constraint:product.ck_product_stock", "definition")


def upgrade():
    op.drop_constraint("ck_product_stock", "product", type_="check")
    op.create_check_constraint("ck_product_stock", "product", "stock >= -100")


def downgrade():
    op.drop_constraint("ck_product_stock", "product", type_="check")
    op.create_check_constraint("ck_product_stock", "product", "stock > -1")


def honest_downgrade():
    op.drop_constraint("ck_product_stock", "product", type_="check")
    op.create_check_constraint("ck_product_stock", "product", "stock >= 0")
