"""Say what opened means

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

planted = ("column:shop.opened", "type")


def upgrade():
    op.alter_column("shop", "opened", comment="First day", existing_type=mysql.DATETIME(fsp=6), existing_nullable=True)


def downgrade():
    op.alter_column(
        "shop",
        "opened",
        comment=None,
        existing_type=sa.DateTime(),
        existing_nullable=True,
        existing_comment="First day",
    )


def honest_downgrade():
    op.alter_column(
        "shop",
        "opened",
        comment=None,
        existing_type=mysql.DATETIME(fsp=6),
        existing_nullable=True,
        existing_comment="First day",
    )
