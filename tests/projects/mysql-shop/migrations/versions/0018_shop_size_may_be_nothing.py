"""Shop size may be nothing

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

planted = ("constraint:shop.ck_shop_size", "definition")


def upgrade():
    op.drop_constraint("ck_shop_size", "shop", type_="check")


def downgrade():
    op.create_check_constraint("ck_shop_size", "shop", "size >= 0")


def honest_downgrade():
    op.create_check_constraint("ck_shop_size", "shop", "size > 0")
