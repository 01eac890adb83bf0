"""the total of a line has tax

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

planted = ("column:order_line.line_total", "default")


def upgrade():
    op.drop_column("order_line", "line_total")
    op.add_column("order_line", sa.Column("line_total", sa.Numeric(20, 2), sa.Computed("quantity * unit_price * 1.19")))


def downgrade():
    op.drop_column("order_line", "line_total")
    op.add_column("order_line", sa.Column("line_total", sa.Numeric(20, 2), sa.Computed("quantity * round(unit_price)")))


def honest_downgrade():
    op.drop_column("order_line", "line_total")
    op.add_column("order_line", sa.Column("line_total", sa.Numeric(20, 2), sa.Computed("quantity * unit_price")))
