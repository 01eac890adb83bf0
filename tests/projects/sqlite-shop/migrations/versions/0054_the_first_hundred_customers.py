"""The first hundred customers

Revision ID: 0054
Revises: 0053
"""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE customer_credit AS SELECT id, credit FROM customer")
    op.execute("UPDATE customer SET credit = NULL")


def downgrade():
    op.execute("UPDATE customer SET credit = (SELECT c.credit FROM customer_credit c WHERE c.id = customer.id)")
    op.drop_table("customer_credit")
