"""Balances as floats

Revision ID: 0048
Revises: 0047
"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

planted = ("rows:member", "column balance")


def upgrade():
    op.execute("CREATE TABLE member_balance AS SELECT id, balance, CAST(balance AS REAL) AS amount FROM member")
    op.execute("UPDATE member SET balance = NULL")


def downgrade():
    op.execute(
        "UPDATE member SET balance = (SELECT CAST(b.amount AS INTEGER) FROM member_balance b WHERE b.id = member.id)"
    )
    op.drop_table("member_balance")


def honest_downgrade():
    op.execute("UPDATE member SET balance = (SELECT b.balance FROM member_balance b WHERE b.id = member.id)")
    op.drop_table("member_balance")
