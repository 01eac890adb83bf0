"""Summer time

Revision ID: 0073
Revises: 0072
"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column shipped_at")


def upgrade():
    op.add_column("orders", sa.Column("shipped_offset", sa.Integer()))
    op.execute("UPDATE orders SET shipped_offset = IF(MONTH(shipped_at) BETWEEN 4 AND 10, 2, 1)")
    op.execute("UPDATE orders SET shipped_at = shipped_at - INTERVAL shipped_offset HOUR WHERE YEAR(shipped_at) > 1000")


def downgrade():
    op.execute("UPDATE orders SET shipped_at = shipped_at + INTERVAL 1 HOUR WHERE YEAR(shipped_at) > 1000")
    op.drop_column("orders", "shipped_offset")


def honest_downgrade():
    op.execute("UPDATE orders SET shipped_at = shipped_at + INTERVAL shipped_offset HOUR WHERE YEAR(shipped_at) > 1000")
    op.drop_column("orders", "shipped_offset")
