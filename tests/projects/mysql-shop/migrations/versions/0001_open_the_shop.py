"""Open the shop

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "shop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), server_default="new", nullable=False),
        sa.Column("city", mysql.VARCHAR(50, charset="latin1"), comment="Town"),
        sa.Column("size", mysql.INTEGER(unsigned=True)),
        sa.Column("opened_at", mysql.DATETIME(fsp=6)),
        sa.Column(
            "seen_at",
            sa.TIMESTAMP(),
            server_default=sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"),
            nullable=True,
        ),
        sa.CheckConstraint("size > 0", name="ck_shop_size"),
        sa.PrimaryKeyConstraint("id"),
        comment="Where we sell",
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
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
        sa.Column("language", sa.CHAR(2), server_default="en", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email", name="uq_customer_email"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "supplier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", mysql.VARCHAR(60, collation="utf8mb4_bin"), nullable=False),
        sa.Column("phone", sa.String(30)),
        sa.Column("fax", sa.String(30)),
        sa.Column("contact", sa.String(40)),
        sa.Column("address", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(30), nullable=False),
        sa.Column("title", sa.String(80)),
        sa.Column("price", sa.Numeric(10, 2), server_default="0.00", nullable=False),
        sa.Column("weight", sa.Double()),
        sa.Column("attributes", sa.JSON()),
        sa.Column("status", sa.Enum("draft", "on_sale", "gone"), server_default="draft", nullable=False),
        sa.Column("stock", sa.Integer()),
        sa.Column("tags", mysql.SET("new", "hot", "last")),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer()),
        sa.Column("placed_at", mysql.DATETIME(fsp=6)),
        sa.Column("shipped_at", mysql.DATETIME(fsp=3)),
        sa.Column("total", sa.Numeric(14, 4)),
        sa.Column("currency", sa.CHAR(3)),
        sa.Column("note", sa.Text()),
        sa.Column("state", sa.String(20)),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_orders_customer", ondelete="CASCADE"),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Numeric(10, 2)),
        sa.PrimaryKeyConstraint("order_id", "product_id"),
        sa.CheckConstraint("quantity >= 1", name="ck_order_line_quantity"),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(20)),
        sa.Column("net", sa.SmallInteger()),
        sa.Column("gross", sa.BigInteger(), sa.Computed("net * 2", persisted=True)),
        sa.Column("vat", sa.BigInteger(), sa.Computed("net * 19", persisted=True)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(10, 3)),
        sa.Column("fee", mysql.FLOAT()),
        sa.Column("reference", mysql.VARBINARY(16)),
        sa.Column("gateway_id", sa.BigInteger()),
        sa.Column("took", mysql.TIME(fsp=3)),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade():
    for table in ("payment", "invoice", "order_line", "orders", "product", "supplier", "customer", "shop"):
        op.drop_table(table)
