"""The third version

Revision ID: 0030
Revises: 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

planted = ("database:main", "user_version")


def upgrade():
    op.execute("PRAGMA user_version = 3")


def downgrade():
    op.execute("PRAGMA user_version = 1")


def honest_downgrade():
    op.execute("PRAGMA user_version = 0")
