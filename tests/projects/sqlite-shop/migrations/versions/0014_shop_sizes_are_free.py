"""Shop sizes are free

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

planted = ("constraint:shop.ck_shop_size", "definition")


def upgrade():
    with op.batch_alter_table("shop") as batch:
        batch.drop_constraint("ck_shop_size", type_="check")


def downgrade():
    with op.batch_alter_table("shop") as batch:
        batch.create_check_constraint("ck_shop_size", "size >= 0")


def honest_downgrade():
    with op.batch_alter_table("shop") as batch:
        batch.create_check_constraint("ck_shop_size", "size > 0")
