"""Quantities of nothing

Revision ID: 0019
Revises: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

planted = ("constraint:order_line.ck_order_line_quantity", None)


def upgrade():
    op.drop_constraint("ck_order_line_quantity", "order_line", type_="check")


def downgrade():
    op.execute("DELETE FROM order_line WHERE quantity < 1")


def honest_downgrade():
    op.create_check_constraint("ck_order_line_quantity", "order_line", "quantity >= 1")
