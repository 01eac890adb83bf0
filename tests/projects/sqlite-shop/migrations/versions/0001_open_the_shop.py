"""Open the shop

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "shop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), server_default="new", nullable=False),
        sa.Column("city", sa.String(50)),
        sa.Column("size", sa.Integer()),
        sa.Column("opened_at", sa.DateTime()),
        sa.Column("manager", sa.String(40)),
        sa.CheckConstraint("size > 0", name="ck_shop_size"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(120), nullable=False),
        sa.Column("first_name", sa.String(40)),
        sa.Column("last_name", sa.String(40)),
        sa.Column("nickname", sa.String(30)),
        sa.Column("credit", sa.Numeric(12, 4)),
        sa.Column("zip_code", sa.String(10)),
        sa.Column("newsletter", sa.Boolean()),
        sa.Column("language", sa.String(2), server_default="en", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email", name="uq_customer_email"),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(30)),
        sa.Column("title", sa.String(80)),
        sa.Column("price", sa.Numeric(10, 2), server_default="0.00"),
        sa.Column("weight", sa.Float()),
        sa.Column("attributes", sa.JSON()),
        sa.Column("status", sa.Enum("draft", "on_sale", "gone", name="ck_product_status", create_constraint=True)),
        sa.Column("stock", sa.Integer()),
        sa.Column("picture", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_product_on_sale", "product", ["sku"], sqlite_where=sa.text("stock > 0"))
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer()),
        sa.Column("placed_at", sa.DateTime()),
        sa.Column("total", sa.Numeric(14, 4)),
        sa.Column("currency", sa.String(3)),
        sa.Column("note", sa.Text()),
        sa.Column("state", sa.String(20)),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_orders_customer", ondelete="CASCADE"),
    )
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "product_id"),
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(20)),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "town", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(50, collation="NOCASE"))
    )


def downgrade():
    for table in ("town", "ticket", "order_line", "orders", "product", "customer", "shop"):
        op.drop_table(table)
