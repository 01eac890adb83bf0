"""Amounts may be negative

Revision ID: 0026
Revises: 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

planted = ("constraint:item.ck_item_amount", None)


def upgrade():
    op.drop_constraint("ck_item_amount", "item", type_="check")


def downgrade():
    pass


def honest_downgrade():
    op.create_check_constraint("ck_item_amount", "item", "amount >= 0")
