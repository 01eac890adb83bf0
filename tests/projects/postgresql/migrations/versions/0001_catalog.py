"""categories and products

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("category.id", name="fk_category_parent"), nullable=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.UniqueConstraint("slug", name="uq_category_slug"),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "category_id",
            sa.Integer(),
            sa.ForeignKey("category.id", name="fk_product_category", ondelete="RESTRICT"),
            nullable=True,
        ),
        sa.Column("sku", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("search_name", sa.String(120, collation="C"), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("price", sa.Numeric(12, 4), nullable=False, server_default="0"),
        sa.Column("stock", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("attributes", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("price >= 0", name="ck_product_price"),
        sa.CheckConstraint("stock >= 0", name="ck_product_stock"),
    )
    op.create_index("ix_product_sku", "product", ["sku"])
    op.create_index("ix_product_name_lower", "product", [sa.text("lower(name)")])
    op.create_index("ix_product_in_stock", "product", ["category_id"], postgresql_where=sa.text("stock > 0"))


def downgrade():
    op.drop_table("product")
    op.drop_table("category")
