"""Products can be reserved

Revision ID: 0019
Revises: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

planted = ("constraint:product.ck_product_status", "definition")


def upgrade():
    with op.batch_alter_table("product") as batch:
        batch.drop_constraint("ck_product_status", type_="check")
        batch.create_check_constraint("ck_product_status", "status IN ('draft', 'on_sale', 'reserved', 'gone')")


def downgrade():
    op.execute("UPDATE product SET status = 'on_sale' WHERE status = 'reserved'")


def honest_downgrade():
    with op.batch_alter_table("product") as batch:
        batch.drop_constraint("ck_product_status", type_="check")
        batch.create_check_constraint("ck_product_status", "status IN ('draft', 'on_sale', 'gone')")
