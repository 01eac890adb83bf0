"""Tags as text

Revision ID: 0087
Revises: 0086
"""

from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None

planted = ("rows:product", "column tags")


def upgrade():
    op.execute("CREATE TABLE product_tags AS SELECT id, CAST(tags AS CHAR) AS tags FROM product")
    op.execute("UPDATE product SET tags = NULL")


def downgrade():
    op.execute("UPDATE product JOIN product_tags t USING (id) SET product.tags = SUBSTRING_INDEX(t.tags, ',', 2)")
    op.drop_table("product_tags")


def honest_downgrade():
    op.execute("UPDATE product JOIN product_tags t USING (id) SET product.tags = t.tags")
    op.drop_table("product_tags")
