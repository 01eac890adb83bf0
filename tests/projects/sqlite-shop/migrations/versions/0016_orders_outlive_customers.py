"""Orders outlive customers

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

planted = ("constraint:orders.fk_orders_customer", "definition")


def upgrade():
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint("fk_orders_customer", type_="foreignkey")
        batch.create_foreign_key("fk_orders_customer", "customer", ["customer_id"], ["id"], ondelete="SET NULL")


def downgrade():
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint("fk_orders_customer", type_="foreignkey")
        batch.create_foreign_key("fk_orders_customer", "customer", ["customer_id"], ["id"])


def honest_downgrade():
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint("fk_orders_customer", type_="foreignkey")
        batch.create_foreign_key("fk_orders_customer", "customer", ["customer_id"], ["id"], ondelete="CASCADE")
