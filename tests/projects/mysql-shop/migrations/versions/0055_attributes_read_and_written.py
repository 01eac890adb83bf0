"""Attributes read and written

Revision ID: 0055
Revises: 0054
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

planted = ("rows:product", "column attributes")


def upgrade():
    op.add_column("product", sa.Column("details", mysql.LONGTEXT(collation="utf8mb4_bin")))
    op.execute("UPDATE product SET details = attributes, attributes = NULL")


def downgrade():
    products = sa.table("product", sa.column("id"), sa.column("attributes"), sa.column("details"))
    for row in op.get_bind().execute(sa.select(products.c.id, products.c.details)).all():
        if row.details is not None:
            text = json.dumps(json.loads(row.details), ensure_ascii=False)
            op.execute(products.update().where(products.c.id == row.id).values(attributes=text))
    op.drop_column("product", "details")


def honest_downgrade():
    op.execute("UPDATE product SET attributes = COALESCE(attributes, details)")
    op.drop_column("product", "details")
