"""customers are described anew

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

planted = ("table:customer", "comment")


def upgrade():
    op.create_table_comment("customer", "Buyers", existing_comment="Whoever bought something")


def downgrade():
    op.drop_table_comment("customer", existing_comment="Buyers")


def honest_downgrade():
    op.create_table_comment("customer", "Whoever bought something")
