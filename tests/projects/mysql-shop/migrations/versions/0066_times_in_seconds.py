"""Times in seconds

Revision ID: 0066
Revises: 0065
"""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

planted = ("rows:payment", "column took")


def upgrade():
    op.add_column("payment", sa.Column("took_text", sa.String(20)))
    op.execute("UPDATE payment SET took_text = took, took = NULL")


def downgrade():
    op.execute("UPDATE payment SET took = SEC_TO_TIME(FLOOR(TIME_TO_SEC(took_text)))")
    op.drop_column("payment", "took_text")


def honest_downgrade():
    op.execute("UPDATE payment SET took = COALESCE(took, took_text)")
    op.drop_column("payment", "took_text")
