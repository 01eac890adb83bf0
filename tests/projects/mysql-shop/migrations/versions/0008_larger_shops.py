"""Larger shops

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

planted = ("column:shop.size", "type")


def upgrade():
    op.alter_column("shop", "size", type_=mysql.BIGINT(unsigned=True), existing_nullable=True)


def downgrade():
    op.alter_column("shop", "size", type_=sa.BigInteger(), existing_nullable=True)


def honest_downgrade():
    op.alter_column("shop", "size", type_=mysql.INTEGER(unsigned=True), existing_nullable=True)
