"""Weights to the gram

Revision ID: 0088
Revises: 0087
"""

from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

planted = ("rows:product", "column weight")


def upgrade():
    op.execute("CREATE TABLE product_weight (id INTEGER NOT NULL PRIMARY KEY, grams DOUBLE)")
    op.execute("INSERT INTO product_weight SELECT id, weight FROM product")
    op.execute("UPDATE product SET weight = NULL")


def downgrade():
    op.execute("UPDATE product JOIN product_weight w USING (id) SET product.weight = CAST(w.grams AS FLOAT)")
    op.drop_table("product_weight")


def honest_downgrade():
    op.execute("UPDATE product JOIN product_weight w USING (id) SET product.weight = w.grams")
    op.drop_table("product_weight")
