"""Products can be reserved

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

planted = ("column:product.status", "type")


def upgrade():
    op.alter_column(
        "product",
        "status",
        type_=sa.Enum("draft", "on_sale", "reserved", "gone"),
        existing_nullable=False,
        existing_server_default="draft",
    )


def downgrade():
    op.execute("UPDATE product SET status = 'on_sale' WHERE status = 'reserved'")


def honest_downgrade():
    op.alter_column(
        "product",
        "status",
        type_=sa.Enum("draft", "on_sale", "gone"),
        existing_nullable=False,
        existing_server_default="draft",
    )
