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
    with op.batch_alter_table("customer") as batch:
        batch.alter_column("language", type_=sa.String(8), nullable=True)


def downgrade():
    with op.batch_alter_table("customer") as batch:
        batch.alter_column("language", type_=sa.String(2))


def honest_downgrade():
    with op.batch_alter_table("customer") as batch:
        batch.alter_column("language", type_=sa.String(2), nullable=False)
