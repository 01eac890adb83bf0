"""Room for longer places

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

planted = ("column:visit.place", "type")


def upgrade():
    op.alter_column("visit", "place", type_=sa.String(80), existing_nullable=True)


def downgrade():
    op.alter_column("visit", "place", type_=sa.String(40), existing_nullable=True)


def honest_downgrade():
    op.alter_column("visit", "place", type_=sa.String(30), existing_nullable=True)
