"""Room for longer names of cities

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

planted = ("column:shop.city", "comment")


def upgrade():
    op.alter_column("shop", "city", type_=sa.String(80), existing_comment="Where it is", existing_nullable=True)


def downgrade():
    op.alter_column("shop", "city", type_=sa.String(60), existing_nullable=True)


def honest_downgrade():
    op.alter_column("shop", "city", type_=sa.String(60), existing_comment="Where it is", existing_nullable=True)
