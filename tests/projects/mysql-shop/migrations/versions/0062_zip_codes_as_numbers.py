"""Zip codes as numbers

Revision ID: 0062
Revises: 0061
"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

planted = ("rows:customer", "column zip_code")


def upgrade():
    op.add_column("customer", sa.Column("zip_number", sa.Integer()))
    op.add_column("customer", sa.Column("zip_text", sa.String(10)))
    op.execute("UPDATE customer SET zip_number = zip_code WHERE zip_code REGEXP '^[0-9]{1,9}$'")
    op.execute("UPDATE customer SET zip_text = zip_code, zip_code = NULL")


def downgrade():
    op.execute("UPDATE customer SET zip_code = zip_number")
    op.drop_column("customer", "zip_text")
    op.drop_column("customer", "zip_number")


def honest_downgrade():
    op.execute("UPDATE customer SET zip_code = COALESCE(zip_code, zip_text)")
    op.drop_column("customer", "zip_text")
    op.drop_column("customer", "zip_number")
