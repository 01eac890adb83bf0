"""Room for longer regions

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

planted = ("column:shop.region", "default")


def upgrade():
    op.alter_column("shop", "region", type_=sa.String(50), existing_nullable=False, existing_server_default="north")


def downgrade():
    op.alter_column("shop", "region", type_=sa.String(20), existing_nullable=False)


def honest_downgrade():
    op.alter_column("shop", "region", type_=sa.String(20), existing_nullable=False, existing_server_default="north")
