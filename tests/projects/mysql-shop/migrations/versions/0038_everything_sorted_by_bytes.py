"""Everything sorted by bytes

Revision ID: 0038
Revises: 0037
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

planted = ("database:main", "collation")


def upgrade():
    op.execute("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")


def downgrade():
    op.execute("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")


def honest_downgrade():
    op.execute("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
