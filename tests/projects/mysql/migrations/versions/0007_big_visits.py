"""More visits than fit

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

planted = ("column:visit.id", "extra")


def upgrade():
    op.alter_column("visit", "id", type_=sa.BigInteger, existing_nullable=False, autoincrement=True)


def downgrade():
    op.alter_column("visit", "id", type_=sa.Integer, existing_nullable=False)


def honest_downgrade():
    op.alter_column("visit", "id", type_=sa.Integer, existing_nullable=False, autoincrement=True)
