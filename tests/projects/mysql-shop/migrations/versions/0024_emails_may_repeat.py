"""Emails may repeat

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

planted = ("index:customer.uq_customer_email", "definition")


def upgrade():
    op.drop_constraint("uq_customer_email", "customer", type_="unique")


def downgrade():
    op.create_index("uq_customer_email", "customer", ["email"])


def honest_downgrade():
    op.create_unique_constraint("uq_customer_email", "customer", ["email"])
