"""Compare lines of the log byte by byte

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

planted = ("table:log", "collation")


def upgrade():
    op.execute("ALTER TABLE log DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")


def downgrade():
    op.execute("ALTER TABLE log DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")


def honest_downgrade():
    op.execute("ALTER TABLE log DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
