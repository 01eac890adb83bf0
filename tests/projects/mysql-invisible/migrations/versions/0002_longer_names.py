"""Longer names

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

planted = ("column:member.name", "type")


def upgrade():
    op.alter_column("member", "name", type_=sa.String(90), existing_type=sa.String(60))


def downgrade():
    op.alter_column("member", "name", type_=sa.String(80), existing_type=sa.String(90))


def honest_downgrade():
    op.alter_column("member", "name", type_=sa.String(60), existing_type=sa.String(90))
