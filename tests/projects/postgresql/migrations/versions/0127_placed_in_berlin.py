"""orders are placed at a moment

Revision ID: 0127
Revises: 0126
"""

import sqlalchemy as sa
from alembic import op

revision = "0127"
down_revision = "0126"
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
        postgresql_using="placed_at AT TIME ZONE 'Europe/London'",
    )


def honest_downgrade():
    op.alter_column(
        "orders",
        "placed_at",
        existing_type=sa.DateTime(timezone=True),
        type_=sa.DateTime(),
        postgresql_using="placed_at AT TIME ZONE 'UTC'",
    )
