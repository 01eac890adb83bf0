"""cities in the index of addresses

Revision ID: 0038
Revises: 0037
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

planted = ("index:address.ix_address_customer", "options")


def upgrade():
    op.drop_index("ix_address_customer", table_name="address")
    op.create_index("ix_address_customer", "address", ["customer_id"], postgresql_include=["city"])


def downgrade():
    op.drop_index("ix_address_customer", table_name="address")
    op.create_index("ix_address_customer", "address", ["customer_id", "city"], postgresql_with={"fillfactor": 70})


def honest_downgrade():
    op.drop_index("ix_address_customer", table_name="address")
    op.create_index("ix_address_customer", "address", ["customer_id", "city"])
