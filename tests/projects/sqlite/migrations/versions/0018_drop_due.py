"""Loans never end

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

planted = ("column:loan.due", None)


def upgrade():
    op.execute("CREATE TABLE kept_due AS SELECT id, due FROM loan")
    op.drop_index("ix_loan_due", table_name="loan")
    op.drop_column("loan", "due")


def downgrade():
    op.create_index("ix_loan_due", "loan", ["reader_id"])
    op.drop_table("kept_due")


def honest_downgrade():
    op.add_column("loan", sa.Column("due", sa.Date))
    op.execute("UPDATE loan SET due = (SELECT k.due FROM kept_due k WHERE k.id = loan.id)")
    op.create_index("ix_loan_due", "loan", ["due"])
    op.drop_table("kept_due")
