"""Posters have frames

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

planted = ("column:poster.year", "definition")


def upgrade():
    op.add_column("poster", sa.Column("frame", sa.String(20)))


def downgrade():
    with op.batch_alter_table("poster", recreate="always") as batch:
        batch.drop_column("frame")


def honest_downgrade():
    op.drop_column("poster", "frame")
