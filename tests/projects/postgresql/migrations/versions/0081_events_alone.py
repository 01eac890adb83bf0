"""events of 2025 stand alone

Revision ID: 0081
Revises: 0080
"""

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

planted = ("column:event_2025.id", "local")


def upgrade():
    op.execute("ALTER TABLE event_2025 NO INHERIT event")


def downgrade():
    op.execute("ALTER TABLE event_2025 INHERIT event")


def honest_downgrade():
    op.execute("ALTER TABLE event_2025 RENAME TO event_2025_old")
    op.execute("ALTER TABLE event_2025_old RENAME CONSTRAINT event_2025_id_check TO event_2025_old_check")
    op.execute("CREATE TABLE event_2025 (CHECK (id > 0) NO INHERIT) INHERITS (event)")
    op.execute("INSERT INTO event_2025 SELECT * FROM event_2025_old")
    op.execute("DROP TABLE event_2025_old")
