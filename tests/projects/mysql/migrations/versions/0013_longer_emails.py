"""Room for longer addresses

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

planted = ("column:shop.email", "collation")


def upgrade():
    op.alter_column("shop", "email", type_=sa.String(120, collation="utf8mb4_bin"), existing_nullable=True)


def downgrade():
    op.alter_column("shop", "email", type_=sa.String(80), existing_nullable=True)


def honest_downgrade():
    op.alter_column("shop", "email", type_=sa.String(80, collation="utf8mb4_bin"), existing_nullable=True)
