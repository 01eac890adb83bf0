"""Emails may repeat

Revision ID: 0023
Revises: 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

planted = ("index:customer.uq_customer_email", "definition")


def upgrade():
    op.drop_constraint("uq_customer_email", "customer", type_="unique")


def downgrade():
    op.create_index("uq_customer_email", "customer", ["email"])


def honest_downgrade():
    op.create_unique_constraint("uq_customer_email", "customer", ["email"])
