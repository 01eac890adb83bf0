"""memos are written to the microsecond

Revision ID: 0155
Revises: 0154
"""

from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0155"
down_revision = "0154"
branch_labels = None
depends_on = None

planted = ("rows:memo", "column written_at")


def upgrade():
    op.alter_column(
        "memo",
        "written_at",
        existing_type=postgresql.TIMESTAMP(precision=0),
        type_=postgresql.TIMESTAMP(precision=6),
    )


def downgrade():
    op.alter_column(
        "memo",
        "written_at",
        existing_type=postgresql.TIMESTAMP(precision=6),
        type_=postgresql.TIMESTAMP(precision=0),
    )


def honest_downgrade():
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM memo WHERE written_at <> date_trunc('second', written_at)) THEN "
        "RAISE EXCEPTION 'there are finer times'; END IF; END $$"
    )
    op.alter_column(
        "memo",
        "written_at",
        existing_type=postgresql.TIMESTAMP(precision=6),
        type_=postgresql.TIMESTAMP(precision=0),
    )
