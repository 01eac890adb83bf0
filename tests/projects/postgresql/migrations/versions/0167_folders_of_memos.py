"""memos are in folders

Revision ID: 0167
Revises: 0166
"""

import sqlalchemy as sa
from alembic import op

revision = "0167"
down_revision = "0166"
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
