"""Order lines by product

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

planted = ("index:order_line.PRIMARY", "definition")


def upgrade():
    op.add_column("order_line", sa.Column("line", sa.Integer(), server_default="1", nullable=False))
    op.execute("ALTER TABLE order_line DROP PRIMARY KEY, ADD PRIMARY KEY (order_id, product_id, line)")


def downgrade():
    op.execute("ALTER TABLE order_line DROP PRIMARY KEY, ADD PRIMARY KEY (product_id, order_id)")
    op.drop_column("order_line", "line")


def honest_downgrade():
    op.execute("ALTER TABLE order_line DROP PRIMARY KEY, ADD PRIMARY KEY (order_id, product_id)")
    op.drop_column("order_line", "line")
