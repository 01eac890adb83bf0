"""Titles need no index

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

planted = ("index:book.ix_book_title", "definition")


def upgrade():
    op.drop_index("ix_book_title", "book")


def downgrade():
    op.create_index("ix_book_title", "book", ["pages", "title"])


def honest_downgrade():
    op.create_index("ix_book_title", "book", ["title", "pages"])
