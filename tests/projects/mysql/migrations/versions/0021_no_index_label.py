"""Nobody looks for labels

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

planted = ("index:item.ix_item_label", "definition")


def upgrade():
    op.drop_index("ix_item_label", table_name="item")


def downgrade():
    op.create_index("ix_item_label", "item", ["label"])


def honest_downgrade():
    op.create_index("ix_item_label", "item", ["label"], mysql_length={"label": 30})
