"""Longer manager names

Revision ID: 0057
Revises: 0056
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

planted = ("rows:shop", "column manager")


def upgrade():
    with op.batch_alter_table("shop") as batch:
        batch.alter_column("manager", type_=sa.String(200), existing_type=sa.String(40))


def downgrade():
    with op.batch_alter_table("shop") as batch:
        batch.alter_column("manager", type_=sa.String(40), existing_type=sa.String(200))
    op.execute("UPDATE shop SET manager = substr(manager, 1, 40)")


def honest_downgrade():
    with op.batch_alter_table("shop") as batch:
        batch.alter_column("manager", type_=sa.String(40), existing_type=sa.String(200))
