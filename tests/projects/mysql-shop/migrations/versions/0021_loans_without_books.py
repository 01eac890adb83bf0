"""Loans without books

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

planted = ("constraint:loan.fk_loan_book", None)


def upgrade():
    op.drop_constraint("fk_loan_book", "loan", type_="foreignkey")


def downgrade():
    op.create_foreign_key(None, "loan", "book", ["book_id"], ["id"], ondelete="SET NULL")


def honest_downgrade():
    op.create_foreign_key("fk_loan_book", "loan", "book", ["book_id"], ["id"], ondelete="SET NULL")
