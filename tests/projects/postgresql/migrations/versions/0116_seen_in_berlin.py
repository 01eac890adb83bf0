"""when somebody was seen is Berlin's time

Revision ID: 0116
Revises: 0115
"""

import sqlalchemy as sa
from alembic import op

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None

planted = ("rows:person", "column seen_at")


def upgrade():
    op.execute("CREATE TABLE person_seen AS SELECT id, seen_at FROM person")
    op.alter_column(
        "person",
        "seen_at",
        existing_type=sa.DateTime(timezone=True),
        type_=sa.DateTime(),
        postgresql_using="seen_at AT TIME ZONE 'Europe/Berlin'",
    )


def downgrade():
    op.alter_column(
        "person",
        "seen_at",
        existing_type=sa.DateTime(),
        type_=sa.DateTime(timezone=True),
        postgresql_using="seen_at AT TIME ZONE 'Europe/Berlin'",
    )
    op.drop_table("person_seen")


def honest_downgrade():
    op.alter_column(
        "person",
        "seen_at",
        existing_type=sa.DateTime(),
        type_=sa.DateTime(timezone=True),
        postgresql_using="seen_at AT TIME ZONE 'Europe/Berlin'",
    )
    op.execute("UPDATE person SET seen_at = s.seen_at FROM person_seen s WHERE s.id = person.id")
    op.drop_table("person_seen")
