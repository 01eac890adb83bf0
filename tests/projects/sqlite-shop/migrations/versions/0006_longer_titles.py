"""Longer titles

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

planted = ("column:product.title", "type")


def upgrade():
    with op.batch_alter_table("product") as batch:
        batch.alter_column("title", type_=sa.Text())


def downgrade():
    with op.batch_alter_table("product") as batch:
        batch.alter_column("title", type_=sa.String(60))


def honest_downgrade():
    with op.batch_alter_table("product") as batch:
        batch.alter_column("title", type_=sa.String(80))
