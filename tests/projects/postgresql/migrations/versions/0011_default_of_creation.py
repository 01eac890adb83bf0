"""products are stamped when the row is written

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

planted = ("column:product.created_at", "default")


def upgrade():
    op.alter_column("product", "created_at", existing_type=sa.DateTime(), server_default=sa.text("clock_timestamp()"))


def downgrade():
    op.alter_column("product", "created_at", existing_type=sa.DateTime(), server_default="now()")


def honest_downgrade():
    op.alter_column("product", "created_at", existing_type=sa.DateTime(), server_default=sa.text("now()"))
