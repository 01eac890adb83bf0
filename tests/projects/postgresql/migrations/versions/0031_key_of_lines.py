"""lines are found by position

Revision ID: 0031
Revises: 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

planted = ("constraint:order_line.pk_order_line", "definition")


def upgrade():
    op.drop_constraint("pk_order_line", "order_line", type_="primary")
    op.create_unique_constraint("uq_order_line", "order_line", ["position", "order_id"])


def downgrade():
    op.drop_constraint("uq_order_line", "order_line", type_="unique")
    op.create_primary_key("pk_order_line", "order_line", ["position", "order_id"])


def honest_downgrade():
    op.drop_constraint("uq_order_line", "order_line", type_="unique")
    op.create_primary_key("pk_order_line", "order_line", ["order_id", "position"])
