"""Loans stay without their reader

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

planted = ("constraint:loan.fk_loan_reader", "definition")


def upgrade():
    with op.batch_alter_table("loan") as batch:
        batch.drop_constraint("fk_loan_reader", type_="foreignkey")
        batch.create_foreign_key("fk_loan_reader", "reader", ["reader_id"], ["id"], ondelete="SET NULL")


def downgrade():
    with op.batch_alter_table("loan") as batch:
        batch.drop_constraint("fk_loan_reader", type_="foreignkey")
        batch.create_foreign_key("fk_loan_reader", "reader", ["reader_id"], ["id"])


def honest_downgrade():
    with op.batch_alter_table("loan") as batch:
        batch.drop_constraint("fk_loan_reader", type_="foreignkey")
        batch.create_foreign_key("fk_loan_reader", "reader", ["reader_id"], ["id"], ondelete="CASCADE")
