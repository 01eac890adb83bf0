"""customers never choose their id

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

planted = ("column:customer.id", "identity")


def upgrade():
    op.alter_column(
        "customer",
        "id",
        existing_type=sa.Integer(),
        server_default=sa.Identity(always=True),
        existing_server_default=sa.Identity(always=False),
    )


def downgrade():
    op.alter_column("customer", "id", existing_type=sa.Integer(), existing_nullable=False)


def honest_downgrade():
    op.alter_column(
        "customer",
        "id",
        existing_type=sa.Integer(),
        server_default=sa.Identity(always=False),
        existing_server_default=sa.Identity(always=True),
    )
