"""why stock is bounded

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

planted = ("constraint:product.ck_product_stock", "comment")


def upgrade():
    op.execute("COMMENT ON CONSTRAINT ck_product_stock ON product IS 'a hundred back orders'")


def downgrade():
    op.execute("COMMENT ON TABLE product IS NULL")


def honest_downgrade():
    op.execute("COMMENT ON CONSTRAINT ck_product_stock ON product IS NULL")
