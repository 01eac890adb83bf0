"""when a guest was seen is Berlin's time

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

planted = ("rows:guest", "column seen_at")


def upgrade():
    op.execute("CREATE TABLE guest_seen AS SELECT id, seen_at FROM guest")
    op.alter_column(
        "guest",
        "seen_at",
        existing_type=sa.DateTime(timezone=True),
        type_=sa.DateTime(),
        postgresql_using="seen_at AT TIME ZONE 'Europe/Berlin'",
    )


def downgrade():
    op.alter_column(
        "guest",
        "seen_at",
        existing_type=sa.DateTime(),
        type_=sa.DateTime(timezone=True),
        postgresql_using="seen_at AT TIME ZONE 'UTC'",
    )
    op.drop_table("guest_seen")


def honest_downgrade():
    op.alter_column(
        "guest",
        "seen_at",
        existing_type=sa.DateTime(),
        type_=sa.DateTime(timezone=True),
        postgresql_using="seen_at AT TIME ZONE 'Europe/Berlin'",
    )
    op.execute("UPDATE guest SET seen_at = s.seen_at FROM guest_seen s WHERE s.id = guest.id")
    op.drop_table("guest_seen")
