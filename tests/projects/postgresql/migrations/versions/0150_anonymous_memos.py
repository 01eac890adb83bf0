"""memos may be anonymous

Revision ID: 0150
Revises: 0149
"""

import sqlalchemy as sa
from alembic import op

revision = "0150"
down_revision = "0149"
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
