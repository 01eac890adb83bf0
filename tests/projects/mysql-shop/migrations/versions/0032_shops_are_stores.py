"""Shops are stores

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

planted = ("table:shop", "comment")


def upgrade():
    op.create_table_comment("shop", "Stores", existing_comment="Where we sell")


def downgrade():
    op.drop_table_comment("shop", existing_comment="Stores")


def honest_downgrade():
    op.create_table_comment("shop", "Where we sell", existing_comment="Stores")
