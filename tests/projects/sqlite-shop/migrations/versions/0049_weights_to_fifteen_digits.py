"""Weights to fifteen digits

Revision ID: 0049
Revises: 0048
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

planted = ("rows:product", "column weight")


def upgrade():
    op.execute("CREATE TABLE product_weight AS SELECT id, weight FROM product")
    op.execute("UPDATE product SET weight = NULL")


def downgrade():
    op.execute(
        "UPDATE product SET weight = (SELECT CAST(printf('%.15g', w.weight) AS REAL) FROM product_weight w"
        " WHERE w.id = product.id AND w.weight IS NOT NULL)"
    )
    op.drop_table("product_weight")


def honest_downgrade():
    op.execute("UPDATE product SET weight = (SELECT w.weight FROM product_weight w WHERE w.id = product.id)")
    op.drop_table("product_weight")
