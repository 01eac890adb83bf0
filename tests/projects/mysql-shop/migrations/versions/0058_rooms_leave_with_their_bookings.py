"""Rooms leave with their bookings

Revision ID: 0058
Revises: 0057
"""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

planted = ("rows:booking", "count")


def upgrade():
    op.execute("CREATE TABLE room_gone AS SELECT * FROM room WHERE seats IS NULL OR seats < 1")
    op.execute("CREATE TABLE booking_gone AS SELECT * FROM booking WHERE room IN (SELECT code FROM room_gone)")
    op.execute("DELETE FROM room WHERE seats IS NULL OR seats < 1")


def downgrade():
    op.execute("INSERT INTO room SELECT * FROM room_gone")
    op.drop_table("booking_gone")
    op.drop_table("room_gone")


def honest_downgrade():
    op.execute("INSERT INTO room SELECT * FROM room_gone")
    op.execute("INSERT INTO booking SELECT * FROM booking_gone")
    op.drop_table("booking_gone")
    op.drop_table("room_gone")
