"""Attributes read and written

Revision ID: 0039
Revises: 0038
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

planted = ("rows:product", "column attributes")


def upgrade():
    op.execute("CREATE TABLE product_json AS SELECT id, attributes FROM product")
    op.execute("UPDATE product SET attributes = NULL")


def downgrade():
    for row in op.get_bind().execute(sa.text("SELECT id, attributes FROM product_json")).all():
        if row.attributes is not None:
            text = json.dumps(json.loads(row.attributes), ensure_ascii=False)
            op.get_bind().execute(
                sa.text("UPDATE product SET attributes = :text WHERE id = :id"), {"text": text, "id": row.id}
            )
    op.drop_table("product_json")


def honest_downgrade():
    op.execute("UPDATE product SET attributes = (SELECT d.attributes FROM product_json d WHERE d.id = product.id)")
    op.drop_table("product_json")
