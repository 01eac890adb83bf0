"""customers may stay without a name

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

planted = ("column:customer.name", "not_null")


def upgrade():
    op.alter_column("customer", "name", existing_type=sa.String(100), nullable=True)


def downgrade():
    op.alter_column("customer", "name", existing_type=sa.String(100), type_=sa.String(100))


def honest_downgrade():
    op.alter_column("customer", "name", existing_type=sa.String(100), nullable=False)
