"""A shop with items stays

Revision ID: 0023
Revises: 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

planted = ("constraint:item.fk_item_shop", "definition")


def upgrade():
    op.drop_constraint("fk_item_shop", "item", type_="foreignkey")
    op.create_foreign_key("fk_item_shop", "item", "shop", ["shop_id"], ["id"], ondelete="RESTRICT")


def downgrade():
    op.drop_constraint("fk_item_shop", "item", type_="foreignkey")
    op.create_foreign_key("fk_item_shop", "item", "shop", ["shop_id"], ["id"])


def honest_downgrade():
    op.drop_constraint("fk_item_shop", "item", type_="foreignkey")
    op.create_foreign_key("fk_item_shop", "item", "shop", ["shop_id"], ["id"], ondelete="CASCADE")
