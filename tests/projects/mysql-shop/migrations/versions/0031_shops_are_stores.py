"""Shops are stores

Revision ID: 0031
Revises: 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

planted = ("table:shop", "comment")


def upgrade():
    op.create_table_comment("shop", "Stores", existing_comment="Where we sell")


def downgrade():
    op.drop_table_comment("shop", existing_comment="Stores")


def honest_downgrade():
    op.create_table_comment("shop", "Where we sell", existing_comment="Stores")
