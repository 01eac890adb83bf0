"""Sizes of whole towns

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

planted = ("column:shop.size", "type")


def upgrade():
    op.alter_column("shop", "size", type_=sa.BigInteger, existing_nullable=True)


def downgrade():
    op.alter_column("shop", "size", type_=mysql.DOUBLE(), existing_nullable=True)


def honest_downgrade():
    op.alter_column("shop", "size", type_=sa.Integer, existing_nullable=True)
