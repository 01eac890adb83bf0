"""Pictures as text

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

planted = ("rows:product", "column picture")


def upgrade():
    op.execute("CREATE TABLE product_picture AS SELECT id, picture FROM product")
    op.execute("UPDATE product SET picture = NULL")


def downgrade():
    op.execute(
        "UPDATE product SET picture = (SELECT CAST(p.picture AS TEXT) FROM product_picture p WHERE p.id = product.id)"
    )
    op.drop_table("product_picture")


def honest_downgrade():
    op.execute("UPDATE product SET picture = (SELECT p.picture FROM product_picture p WHERE p.id = product.id)")
    op.drop_table("product_picture")
