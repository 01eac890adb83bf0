"""words in lists are longer

Revision ID: 0158
Revises: 0157
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0158"
down_revision = "0157"
branch_labels = None
depends_on = None

planted = ("rows:memo", "column words")


def upgrade():
    op.alter_column(
        "memo", "words", existing_type=postgresql.ARRAY(sa.String(5)), type_=postgresql.ARRAY(sa.String(50))
    )


def downgrade():
    op.alter_column(
        "memo",
        "words",
        existing_type=postgresql.ARRAY(sa.String(50)),
        type_=postgresql.ARRAY(sa.String(5)),
        postgresql_using="words::varchar(5)[]",
    )


def honest_downgrade():
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM memo WHERE words <> words::varchar(5)[]) THEN "
        "RAISE EXCEPTION 'there are longer words'; END IF; END $$"
    )
    op.alter_column(
        "memo",
        "words",
        existing_type=postgresql.ARRAY(sa.String(50)),
        type_=postgresql.ARRAY(sa.String(5)),
        postgresql_using="words::varchar(5)[]",
    )
