"""Attributes rewritten

Revision ID: 0054
Revises: 0053
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

planted = ("rows:product", "column attributes")


def upgrade():
    op.add_column("product", sa.Column("attributes_text", mysql.LONGTEXT(collation="utf8mb4_bin")))
    op.execute("UPDATE product SET attributes_text = attributes, attributes = NULL")


def downgrade():
    products = sa.table("product", sa.column("id"), sa.column("attributes"), sa.column("attributes_text"))
    for row in op.get_bind().execute(sa.select(products.c.id, products.c.attributes_text)).all():
        if row.attributes_text is not None:
            text = json.dumps(json.loads(row.attributes_text), sort_keys=True)
            op.execute(products.update().where(products.c.id == row.id).values(attributes=text))
    op.drop_column("product", "attributes_text")


def honest_downgrade():
    op.execute("UPDATE product SET attributes = COALESCE(attributes, attributes_text)")
    op.drop_column("product", "attributes_text")
