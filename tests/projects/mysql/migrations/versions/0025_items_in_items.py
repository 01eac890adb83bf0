"""Items in other items

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

planted = ("index:item.fk_item_parent", None)


def upgrade():
    op.create_foreign_key("fk_item_parent", "item", "item", ["parent_id"], ["id"])


def downgrade():
    op.drop_constraint("fk_item_parent", "item", type_="foreignkey")


def honest_downgrade():
    op.drop_constraint("fk_item_parent", "item", type_="foreignkey")
    op.drop_index("fk_item_parent", table_name="item")
