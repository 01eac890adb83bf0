"""memos may be anonymous

Revision ID: 0159
Revises: 0158
"""

import sqlalchemy as sa
from alembic import op

revision = "0159"
down_revision = "0158"
branch_labels = None
depends_on = None

planted = ("rows:memo", "column author")


def upgrade():
    op.alter_column("memo", "author", existing_type=sa.String(40), nullable=True)


def downgrade():
    op.execute("UPDATE memo SET author = 'anonymous' WHERE author IS NULL")
    op.alter_column("memo", "author", existing_type=sa.String(40), nullable=False)


def honest_downgrade():
    op.alter_column("memo", "author", existing_type=sa.String(40), nullable=False)
