"""Longer towns

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

planted = ("column:town.name", "definition")


def upgrade():
    with op.batch_alter_table("town") as batch:
        batch.alter_column("name", type_=sa.String(80, collation="NOCASE"))


def downgrade():
    with op.batch_alter_table("town") as batch:
        batch.alter_column("name", type_=sa.String(50))


def honest_downgrade():
    with op.batch_alter_table("town") as batch:
        batch.alter_column("name", type_=sa.String(50, collation="NOCASE"))
