"""customers and their addresses

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), primary_key=True),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("name", sa.String(100), nullable=False, comment="As printed on invoices"),
        sa.Column("company", sa.String(100), nullable=True),
        comment="Whoever bought something",
    )
    op.create_table(
        "address",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "customer_id",
            sa.Integer(),
            sa.ForeignKey("customer.id", name="fk_address_customer", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("kind", sa.Enum("billing", "shipping", "other", name="address_kind"), nullable=False),
        sa.Column("street", sa.String(120), nullable=True),
        sa.Column("city", sa.String(80), nullable=True),
    )
    op.create_index("ix_address_customer", "address", ["customer_id", "city"])


def downgrade():
    op.drop_table("address")
    op.drop_table("customer")
    op.execute("DROP TYPE address_kind")
