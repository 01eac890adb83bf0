"""Stock elsewhere

Revision ID: 0045
Revises: 0044
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

planted = ("rows:product", "column stock")


def upgrade():
    op.execute("CREATE TABLE stock (product_id INTEGER PRIMARY KEY, pieces INTEGER)")
    op.execute("INSERT INTO stock SELECT id, stock FROM product WHERE stock IS NOT NULL")
    op.execute("UPDATE product SET stock = NULL")


def downgrade():
    op.execute("UPDATE product SET stock = (SELECT s.pieces * 1.0 FROM stock s WHERE s.product_id = product.id)")
    op.drop_table("stock")


def honest_downgrade():
    op.execute("UPDATE product SET stock = (SELECT s.pieces FROM stock s WHERE s.product_id = product.id)")
    op.drop_table("stock")
