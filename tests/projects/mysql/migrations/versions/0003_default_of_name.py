"""Give shops another first name

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

planted = ("column:shop.name", "default")


def upgrade():
    op.alter_column("shop", "name", server_default="fresh", existing_type=sa.String(40), existing_nullable=False)


def downgrade():
    op.alter_column("shop", "name", server_default="New", existing_type=sa.String(40), existing_nullable=False)


def honest_downgrade():
    op.alter_column("shop", "name", server_default="new", existing_type=sa.String(40), existing_nullable=False)
