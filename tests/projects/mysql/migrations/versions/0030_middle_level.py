"""A level between

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

planted = ("column:item.level", "type")


def upgrade():
    op.alter_column("item", "level", type_=sa.Enum("low", "middle", "high"), existing_nullable=True)


def downgrade():
    op.alter_column("item", "level", type_=sa.String(6), existing_nullable=True)


def honest_downgrade():
    op.alter_column("item", "level", type_=sa.Enum("low", "high"), existing_nullable=True)
