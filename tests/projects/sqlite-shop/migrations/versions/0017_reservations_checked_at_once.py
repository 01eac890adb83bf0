"""Reservations checked at once

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

planted = ("constraint:reservation.fk_reservation_book", "definition")


def upgrade():
    with op.batch_alter_table("reservation") as batch:
        batch.drop_constraint("fk_reservation_book", type_="foreignkey")
        batch.create_foreign_key("fk_reservation_book", "book", ["book_id"], ["id"])


def downgrade():
    with op.batch_alter_table("reservation") as batch:
        batch.drop_constraint("fk_reservation_book", type_="foreignkey")
        batch.create_foreign_key("fk_reservation_book", "book", ["book_id"], ["id"], deferrable=True)


def honest_downgrade():
    with op.batch_alter_table("reservation") as batch:
        batch.drop_constraint("fk_reservation_book", type_="foreignkey")
        batch.create_foreign_key(
            "fk_reservation_book", "book", ["book_id"], ["id"], deferrable=True, initially="DEFERRED"
        )
