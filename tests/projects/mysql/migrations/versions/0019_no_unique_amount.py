"""Amounts need not differ

Revision ID: 0019
Revises: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

planted = ("index:item.uq_item_amount", "definition")


def upgrade():
    op.drop_index("uq_item_amount", table_name="item")


def downgrade():
    op.create_index("uq_item_amount", "item", ["amount", "id"])


def honest_downgrade():
    op.create_index("uq_item_amount", "item", ["amount", "id"], unique=True)
