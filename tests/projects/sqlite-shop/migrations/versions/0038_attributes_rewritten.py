"""Attributes rewritten

Revision ID: 0038
Revises: 0037
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

planted = ("rows:product", "column attributes")


def upgrade():
    op.execute("CREATE TABLE product_details AS SELECT id, attributes FROM product")
    op.execute("UPDATE product SET attributes = NULL")


def downgrade():
    op.execute(
        "UPDATE product SET attributes = (SELECT json(d.attributes) FROM product_details d WHERE d.id = product.id)"
    )
    op.drop_table("product_details")


def honest_downgrade():
    op.execute("UPDATE product SET attributes = (SELECT d.attributes FROM product_details d WHERE d.id = product.id)")
    op.drop_table("product_details")
