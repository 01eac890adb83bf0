"""Nobody looks for code and price

Revision ID: 0020
Revises: 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

planted = ("index:item.ix_item_code_price", "definition")


def upgrade():
    op.drop_index("ix_item_code_price", table_name="item")


def downgrade():
    op.create_index("ix_item_code_price", "item", ["price", "code"])


def honest_downgrade():
    op.create_index("ix_item_code_price", "item", ["code", "price"])
