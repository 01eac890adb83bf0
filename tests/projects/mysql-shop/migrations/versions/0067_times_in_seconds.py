"""Times in seconds

Revision ID: 0067
Revises: 0066
"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

planted = ("rows:payment", "column took")


def upgrade():
    op.add_column("payment", sa.Column("took_text", sa.String(20)))
    op.execute("UPDATE payment SET took_text = took, took = NULL")


def downgrade():
    op.execute("UPDATE payment SET took = SEC_TO_TIME(TIME_TO_SEC(took_text))")
    op.drop_column("payment", "took_text")


def honest_downgrade():
    op.execute("UPDATE payment SET took = COALESCE(took, took_text)")
    op.drop_column("payment", "took_text")
