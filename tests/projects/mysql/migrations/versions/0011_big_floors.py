"""Very high houses

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

planted = ("column:shop.floor", "type")


def upgrade():
    op.alter_column("shop", "floor", type_=mysql.BIGINT(unsigned=True), existing_nullable=True)


def downgrade():
    op.alter_column("shop", "floor", type_=sa.BigInteger, existing_nullable=True)


def honest_downgrade():
    op.alter_column("shop", "floor", type_=mysql.INTEGER(unsigned=True), existing_nullable=True)
