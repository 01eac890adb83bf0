"""Orders to the second

Revision ID: 0049
Revises: 0048
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column placed_at")


def upgrade():
    op.add_column("orders", sa.Column("placed_micros", sa.Integer()))
    op.execute("UPDATE orders SET placed_micros = MICROSECOND(placed_at)")
    op.execute("UPDATE orders SET placed_at = placed_at - INTERVAL MICROSECOND(placed_at) MICROSECOND")
    op.alter_column("orders", "placed_at", type_=sa.DateTime(), existing_nullable=True)


def downgrade():
    op.alter_column("orders", "placed_at", type_=mysql.DATETIME(fsp=6), existing_nullable=True)
    op.execute("UPDATE orders SET placed_at = placed_at + INTERVAL placed_micros DIV 1000 * 1000 MICROSECOND")
    op.drop_column("orders", "placed_micros")


def honest_downgrade():
    op.alter_column("orders", "placed_at", type_=mysql.DATETIME(fsp=6), existing_nullable=True)
    op.execute("UPDATE orders SET placed_at = placed_at + INTERVAL placed_micros MICROSECOND")
    op.drop_column("orders", "placed_micros")
