"""suppliers, page views and small tables

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("supplier", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))
    op.create_table(
        "supply",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "supplier_id", sa.Integer(), sa.ForeignKey("supplier.id", name="fk_supply_supplier", ondelete="CASCADE")
        ),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("price", sa.Numeric(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(), nullable=True),
    )
    op.create_table(
        "label",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("word", sa.String(40), nullable=True),
        sa.Column("color", sa.String(20), nullable=True),
    )
    op.create_table("page_view", sa.Column("path", sa.Text()), sa.Column("viewer", sa.String(40)))
    op.create_table("click", sa.Column("target", sa.Text()), sa.Column("times", sa.Integer()))
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("product_ref", sa.Integer(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("reviewer", sa.String(40), nullable=True),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mail", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("fax", sa.Text()),
    )
    op.create_table(
        "currency",
        sa.Column("code", sa.CHAR(3), nullable=False),
        sa.Column("symbol", sa.String(5), nullable=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_currency"),
    )


def downgrade():
    for table in ("currency", "contact", "review", "click", "page_view", "label", "supply", "supplier"):
        op.drop_table(table)
