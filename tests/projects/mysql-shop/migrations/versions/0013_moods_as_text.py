"""Moods as text

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

planted = ("column:book.mood", "type")


def upgrade():
    op.alter_column("book", "mood", type_=sa.String(10), existing_nullable=True)


def downgrade():
    op.alter_column("book", "mood", type_=sa.Enum("happy", "odd", "sad"), existing_nullable=True)


def honest_downgrade():
    op.alter_column("book", "mood", type_=sa.Enum("sad", "happy", "odd"), existing_nullable=True)
