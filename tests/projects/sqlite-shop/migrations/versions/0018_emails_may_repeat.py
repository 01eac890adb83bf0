"""Emails may repeat

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

planted = ("constraint:customer.uq_customer_email", None)


def upgrade():
    with op.batch_alter_table("customer") as batch:
        batch.drop_constraint("uq_customer_email", type_="unique")


def downgrade():
    op.create_index("uq_customer_email", "customer", ["email"], unique=True)


def honest_downgrade():
    with op.batch_alter_table("customer") as batch:
        batch.create_unique_constraint("uq_customer_email", ["email"])
