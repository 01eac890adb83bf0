"""the check of quantities is replaced

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

planted = ("constraint:order_line.ck_order_line_quantity", "validated")


def upgrade():
    op.drop_constraint("ck_order_line_quantity", "order_line", type_="check")


def downgrade():
    op.create_check_constraint("ck_order_line_quantity", "order_line", "quantity > 0", postgresql_not_valid=True)


def honest_downgrade():
    op.create_check_constraint("ck_order_line_quantity", "order_line", "quantity > 0", postgresql_not_valid=True)
    op.execute("ALTER TABLE order_line VALIDATE CONSTRAINT ck_order_line_quantity")
