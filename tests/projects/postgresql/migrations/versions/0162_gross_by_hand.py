"""the gross price may be agreed upon

Revision ID: 0162
Revises: 0161
"""

import sqlalchemy as sa
from alembic import op

revision = "0162"
down_revision = "0161"
branch_labels = None
depends_on = None

planted = ("rows:subscription", "column gross")


def upgrade():
    op.execute("ALTER TABLE subscription ALTER COLUMN gross DROP EXPRESSION")


def downgrade():
    op.drop_column("subscription", "gross")
    op.add_column("subscription", sa.Column("gross", sa.BigInteger(), sa.Computed("net::bigint * 2", persisted=True)))


def honest_downgrade():
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM subscription WHERE gross IS DISTINCT FROM net::bigint * 2) THEN "
        "RAISE EXCEPTION 'there are agreed prices'; END IF; END $$"
    )
    op.drop_column("subscription", "gross")
    op.add_column("subscription", sa.Column("gross", sa.BigInteger(), sa.Computed("net::bigint * 2", persisted=True)))
