"""Lines have numbers

Revision ID: 0060
Revises: 0059
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

planted = ("index:order_line.ix_order_line_product", None)


def upgrade():
    with op.batch_alter_table("order_line") as batch:
        batch.add_column(sa.Column("number", sa.Integer(), server_default="1", nullable=False))
        batch.create_index("ix_order_line_product", ["product_id", "number"])


def downgrade():
    op.drop_index("ix_order_line_product", "order_line")
    with op.batch_alter_table("order_line") as batch:
        batch.drop_column("number")
        batch.create_index("ix_order_line_product", ["product_id"])


def honest_downgrade():
    op.drop_index("ix_order_line_product", "order_line")
    with op.batch_alter_table("order_line") as batch:
        batch.drop_column("number")
