"""Loans of books that are there

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

planted = ("constraint:loan.fk_loan_book", None)


def upgrade():
    with op.batch_alter_table("loan") as batch:
        batch.create_foreign_key("fk_loan_book", "book", ["book_id"], ["id"])


def downgrade():
    pass


def honest_downgrade():
    with op.batch_alter_table("loan") as batch:
        batch.drop_constraint("fk_loan_book", type_="foreignkey")
