"""Posters in new pages

Revision ID: 0030
Revises: 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

planted = ("table:poster", "row_format")


def upgrade():
    op.execute("ALTER TABLE poster ROW_FORMAT=DYNAMIC")


def downgrade():
    op.execute("ALTER TABLE poster ROW_FORMAT=DEFAULT")


def honest_downgrade():
    op.execute("ALTER TABLE poster ROW_FORMAT=COMPACT")
