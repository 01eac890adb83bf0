"""Say what shops are

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

planted = ("table:shop", "comment")


def upgrade():
    op.create_table_comment("shop", "Places that sell things", existing_comment="Places that sell")


def downgrade():
    op.drop_table_comment("shop", existing_comment="Places that sell things")


def honest_downgrade():
    op.create_table_comment("shop", "Places that sell", existing_comment="Places that sell things")
