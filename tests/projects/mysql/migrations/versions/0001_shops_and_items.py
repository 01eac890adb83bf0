"""Shops, items and what belongs to them

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
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False, server_default="new"),
        sa.Column("city", sa.String(60), comment="Where it is"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("region", sa.String(20), nullable=False, server_default="north"),
        sa.Column("size", sa.Integer),
        sa.Column("floor", mysql.INTEGER(unsigned=True)),
        sa.Column("opened", mysql.DATETIME(fsp=6)),
        sa.Column("email", sa.String(80, collation="utf8mb4_bin")),
        sa.Column("phone", sa.String(20)),
        sa.Column("rent", sa.Numeric(12, 2)),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_unicode_ci",
        comment="Places that sell",
    )
    op.create_table(
        "item",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("shop_id", sa.Integer, sa.ForeignKey("shop.id", name="fk_item_shop", ondelete="CASCADE")),
        sa.Column("parent_id", sa.Integer),
        sa.Column("code", sa.String(20)),
        sa.Column("label", sa.String(200)),
        sa.Column("text", sa.Text),
        sa.Column("price", sa.Numeric(12, 2)),
        sa.Column("amount", sa.Integer),
        sa.Column("tags", sa.JSON),
        sa.Column("state", sa.Enum("new", "sold", "gone")),
        sa.Column("level", sa.Enum("low", "high")),
        sa.CheckConstraint("amount >= 0", name="ck_item_amount"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_item_code_price", "item", ["code", "price"])
    op.create_index("ix_item_label", "item", ["label"], mysql_length={"label": 30})
    op.create_index("ix_item_text", "item", ["text"], mysql_prefix="FULLTEXT")
    op.create_index("uq_item_amount", "item", ["amount", "id"], unique=True)


def downgrade():
    op.drop_table("item")
    op.drop_table("shop")
