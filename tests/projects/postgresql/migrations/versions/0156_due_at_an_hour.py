"""memos are due at an hour

Revision ID: 0156
Revises: 0155
"""

import sqlalchemy as sa
from alembic import op

revision = "0156"
down_revision = "0155"
branch_labels = None
depends_on = None

planted = ("rows:memo", "column due")


def upgrade():
    op.alter_column("memo", "due", existing_type=sa.Date(), type_=sa.DateTime())


def downgrade():
    op.alter_column("memo", "due", existing_type=sa.DateTime(), type_=sa.Date(), postgresql_using="due::date")


def honest_downgrade():
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM memo WHERE due <> date_trunc('day', due)) THEN "
        "RAISE EXCEPTION 'there are hours'; END IF; END $$"
    )
    op.alter_column("memo", "due", existing_type=sa.DateTime(), type_=sa.Date(), postgresql_using="due::date")
