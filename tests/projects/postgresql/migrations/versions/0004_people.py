"""what is known of people

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True),
        sa.Column("first_name", sa.String(60), nullable=True),
        sa.Column("last_name", sa.String(60), nullable=True),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("nickname", sa.String(60), nullable=True),
        sa.Column("phone", sa.String(40), nullable=True),
        sa.Column("title", sa.String(20), nullable=True),
        sa.Column("newsletter", sa.Boolean(), nullable=True),
        sa.Column("zip", sa.String(20), nullable=True),
        sa.Column("country", sa.CHAR(2), nullable=True),
        sa.Column("bio", sa.Text(), nullable=True),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("credit", sa.Numeric(12, 4), nullable=True),
        sa.Column("score", sa.Float(53), nullable=True),
        sa.Column("ratio", sa.Float(53), nullable=True),
        sa.Column("visits", sa.Integer(), nullable=True),
        sa.Column("avatar", sa.LargeBinary(), nullable=True),
        sa.Column("last_ip", postgresql.INET(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("interests", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("settings", postgresql.JSONB(), nullable=True),
        sa.Column("prefs", postgresql.JSONB(), nullable=True),
        sa.Column("legacy", sa.JSON(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined_at", sa.DateTime(), nullable=True),
        sa.Column("rest", sa.Interval(), nullable=True),
        sa.Column("pause", sa.Interval(), nullable=True),
        sa.Column("support_from", sa.Time(), nullable=True),
        sa.Column("valid", postgresql.DATERANGE(), nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("status", sa.Enum("active", "blocked", "banned", "inactive", name="person_status"), nullable=True),
        sa.Column("discount", sa.Numeric(6, 2), nullable=True),
        sa.Column("locale", sa.String(10), nullable=True),
    )


def downgrade():
    op.drop_table("person")
    op.execute("DROP TYPE person_status")
