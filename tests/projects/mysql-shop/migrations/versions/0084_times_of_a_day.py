"""Times of a day

Revision ID: 0084
Revises: 0083
"""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

planted = ("rows:payment", "column took")


def upgrade():
    op.add_column("payment", sa.Column("took_ms", sa.BigInteger()))
    op.add_column("payment", sa.Column("took_kept", sa.String(20)))
    op.execute("UPDATE payment SET took_ms = TIME_TO_SEC(took) * 1000 + MICROSECOND(took) DIV 1000")
    op.execute("UPDATE payment SET took_kept = took, took = NULL")


def downgrade():
    op.execute("UPDATE payment SET took = SEC_TO_TIME(MOD(ABS(took_ms), 86400000) / 1000)")
    op.drop_column("payment", "took_kept")
    op.drop_column("payment", "took_ms")


def honest_downgrade():
    op.execute("UPDATE payment SET took = COALESCE(took, took_kept)")
    op.drop_column("payment", "took_kept")
    op.drop_column("payment", "took_ms")
