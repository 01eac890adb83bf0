"""notes, subscriptions and measurements

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "memo",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("subject", sa.String(20), nullable=True),
        sa.Column("author", sa.String(40), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Numeric(8, 2), nullable=True),
        sa.Column("weight", sa.REAL(), nullable=True),
        sa.Column("written_at", postgresql.TIMESTAMP(precision=0), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("counter", sa.Integer(), nullable=True),
        sa.Column("words", postgresql.ARRAY(sa.String(5)), nullable=True),
        sa.UniqueConstraint("code", name="uq_memo_code"),
        sa.CheckConstraint("stars between 0 and 5", name="ck_memo_stars"),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mail", sa.String(80), nullable=False),
        sa.Column("net", sa.Integer(), nullable=False),
        sa.Column("gross", sa.BigInteger(), sa.Computed("net::bigint * 2", persisted=True)),
    )
    op.create_index("ux_subscription_mail", "subscription", [sa.text("lower(mail)")], unique=True)
    op.create_table(
        "member",
        sa.Column("club", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("club", "person", name="pk_member"),
    )
    op.create_index("ux_member_main", "member", ["person"], unique=True, postgresql_where=sa.text("main"))


def downgrade():
    op.drop_table("member")
    op.drop_table("subscription")
    op.drop_table("memo")
