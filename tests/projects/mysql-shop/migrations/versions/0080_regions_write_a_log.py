"""Regions write a log

Revision ID: 0080
Revises: 0079
"""

from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

planted = ("rows:region_log", "count")


def upgrade():
    op.execute("CREATE TABLE region_log_end AS SELECT COALESCE(MAX(id), 0) AS id FROM region_log")
    op.execute("UPDATE region SET visits = -visits WHERE visits > -2147483648")


def downgrade():
    op.execute("UPDATE region SET visits = -visits WHERE visits > -2147483648")
    op.drop_table("region_log_end")


def honest_downgrade():
    op.execute("UPDATE region SET visits = -visits WHERE visits > -2147483648")
    op.execute("DELETE l FROM region_log l JOIN region_log_end e ON l.id > e.id")
    op.drop_table("region_log_end")
