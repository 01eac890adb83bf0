"""Cards in capitals

Revision ID: 0050
Revises: 0049
"""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

planted = ("rows:member", "column card")


def upgrade():
    op.execute("CREATE TABLE member_card_typed AS SELECT id, card FROM member")
    op.execute("UPDATE member SET card = UPPER(card)")


def downgrade():
    op.execute("UPDATE member JOIN member_card_typed t USING (id) SET member.card = LOWER(t.card)")
    op.drop_table("member_card_typed")


def honest_downgrade():
    op.execute("UPDATE member JOIN member_card_typed t USING (id) SET member.card = t.card")
    op.drop_table("member_card_typed")
