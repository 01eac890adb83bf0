"""Stock on its own

Revision ID: 0060
Revises: 0059
"""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

planted = ("rows:product", "column stock")


def upgrade():
    op.execute("CREATE TABLE stock (product_id INTEGER NOT NULL PRIMARY KEY, pieces INTEGER)")
    op.execute("INSERT INTO stock SELECT id, stock FROM product")
    op.execute("UPDATE product SET stock = NULL")


def downgrade():
    op.execute("UPDATE product JOIN stock s ON s.product_id = id SET product.stock = GREATEST(s.pieces, -2147483647)")
    op.drop_table("stock")


def honest_downgrade():
    op.execute("UPDATE product JOIN stock s ON s.product_id = id SET product.stock = s.pieces")
    op.drop_table("stock")
