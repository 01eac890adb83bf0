"""lines survive their order

Revision ID: 0029
Revises: 0028
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

planted = ("constraint:order_line.fk_order_line_order", "definition")


def upgrade():
    op.drop_constraint("fk_order_line_order", "order_line", type_="foreignkey")
    op.create_foreign_key("fk_order_line_order", "order_line", "orders", ["order_id"], ["id"])


def downgrade():
    op.drop_constraint("fk_order_line_order", "order_line", type_="foreignkey")
    op.create_foreign_key("fk_order_line_order", "order_line", "orders", ["order_id"], ["id"], onupdate="CASCADE")


def honest_downgrade():
    op.drop_constraint("fk_order_line_order", "order_line", type_="foreignkey")
    op.create_foreign_key("fk_order_line_order", "order_line", "orders", ["order_id"], ["id"], ondelete="CASCADE")
