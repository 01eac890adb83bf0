"""two readers may share a copy

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

planted = ("constraint:loan.ex_loan_period", "definition")


def upgrade():
    op.drop_constraint("ex_loan_period", "loan")


def downgrade():
    op.create_exclude_constraint(
        "ex_loan_period", "loan", ("copy_number", "="), ("period", "&&"), using="gist", where="returned is not true"
    )


def honest_downgrade():
    op.create_exclude_constraint(
        "ex_loan_period", "loan", ("copy_number", "="), ("period", "&&"), using="gist", where="not returned"
    )
