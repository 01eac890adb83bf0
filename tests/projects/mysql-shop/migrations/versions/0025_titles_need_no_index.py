"""Titles need no index

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

planted = ("index:book.ix_book_title", "definition")


def upgrade():
    op.drop_index("ix_book_title", "book")


def downgrade():
    op.create_index("ix_book_title", "book", ["title"])


def honest_downgrade():
    op.create_index("ix_book_title", "book", ["title"], mysql_length={"title": 20})
