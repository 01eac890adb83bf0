"""Nobody looks into texts

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

planted = ("index:item.ix_item_text", "definition")


def upgrade():
    op.drop_index("ix_item_text", table_name="item")


def downgrade():
    op.create_index("ix_item_text", "item", ["text"], mysql_length={"text": 100})


def honest_downgrade():
    op.create_index("ix_item_text", "item", ["text"], mysql_prefix="FULLTEXT")
