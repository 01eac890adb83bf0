"""Longer cities

Revision ID: 0006
Revises: 0005
"""

from alembic import op
from sqlalchemy.dialects import mysql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

planted = ("column:shop.city", "comment")


def upgrade():
    op.alter_column(
        "shop",
        "city",
        type_=mysql.VARCHAR(80, charset="latin1"),
        existing_type=mysql.VARCHAR(50, charset="latin1"),
        existing_nullable=True,
        existing_comment="Town",
    )


def downgrade():
    op.alter_column("shop", "city", type_=mysql.VARCHAR(50, charset="latin1"), existing_nullable=True)


def honest_downgrade():
    op.alter_column(
        "shop", "city", type_=mysql.VARCHAR(50, charset="latin1"), existing_nullable=True, existing_comment="Town"
    )
