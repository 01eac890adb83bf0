"""Rooms renamed

Revision ID: 0081
Revises: 0080
"""

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

planted = ("rows:booking", "count")


def upgrade():
    op.execute("CREATE TABLE room_old AS SELECT * FROM room")
    op.execute("CREATE TABLE booking_old AS SELECT * FROM booking")


def downgrade():
    op.execute("REPLACE INTO room SELECT * FROM room_old")
    op.drop_table("booking_old")
    op.drop_table("room_old")


def honest_downgrade():
    op.drop_table("booking_old")
    op.drop_table("room_old")
