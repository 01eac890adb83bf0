"""Orders outlive customers

Revision ID: 0020
Revises: 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

planted = ("constraint:orders.fk_orders_customer", "definition")


def upgrade():
    op.drop_constraint("fk_orders_customer", "orders", type_="foreignkey")
    op.create_foreign_key("fk_orders_customer", "orders", "customer", ["customer_id"], ["id"], ondelete="SET NULL")


def downgrade():
    op.drop_constraint("fk_orders_customer", "orders", type_="foreignkey")
    op.create_foreign_key("fk_orders_customer", "orders", "customer", ["customer_id"], ["id"])


def honest_downgrade():
    op.drop_constraint("fk_orders_customer", "orders", type_="foreignkey")
    op.create_foreign_key("fk_orders_customer", "orders", "customer", ["customer_id"], ["id"], ondelete="CASCADE")
