"""Room for longer kinds

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

planted = ("column:shop.kind", "not_null")


def upgrade():
    op.alter_column("shop", "kind", type_=sa.String(50), existing_nullable=False)


def downgrade():
    op.alter_column("shop", "kind", type_=sa.String(20))


def honest_downgrade():
    op.alter_column("shop", "kind", type_=sa.String(20), existing_nullable=False)
