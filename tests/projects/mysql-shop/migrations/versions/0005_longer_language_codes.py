"""Longer language codes

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

planted = ("column:customer.language", "not_null")


def upgrade():
    op.alter_column(
        "customer",
        "language",
        type_=sa.String(8),
        existing_type=sa.CHAR(2),
        existing_nullable=False,
        existing_server_default="en",
    )


def downgrade():
    op.alter_column("customer", "language", type_=sa.CHAR(2), existing_type=sa.String(8), existing_server_default="en")


def honest_downgrade():
    op.alter_column(
        "customer",
        "language",
        type_=sa.CHAR(2),
        existing_type=sa.String(8),
        existing_nullable=False,
        existing_server_default="en",
    )
