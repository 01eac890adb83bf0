"""memos are in folders

Revision ID: 0160
Revises: 0159
"""

import sqlalchemy as sa
from alembic import op

revision = "0160"
down_revision = "0159"
branch_labels = None
depends_on = None

planted = ("rows:memo", "count")


def upgrade():
    op.add_column("memo", sa.Column("folder", sa.String(20), nullable=True))


def downgrade():
    op.execute("DELETE FROM memo WHERE folder = 'trash'")
    op.drop_column("memo", "folder")


def honest_downgrade():
    op.drop_column("memo", "folder")
