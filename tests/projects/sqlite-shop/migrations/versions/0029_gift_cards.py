"""Gift cards

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

planted = ("table:gift_card", None)


def upgrade():
    op.create_table("gift_card", sa.Column("code", sa.String(12), primary_key=True), sa.Column("worth", sa.Integer()))


def downgrade():
    op.execute("DELETE FROM gift_card")


def honest_downgrade():
    op.drop_table("gift_card")
