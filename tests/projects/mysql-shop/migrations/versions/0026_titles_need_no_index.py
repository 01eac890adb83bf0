"""Titles need no index

Revision ID: 0026
Revises: 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

planted = ("index:book.ix_book_title", "definition")


def upgrade():
    op.drop_index("ix_book_title", "book")


def downgrade():
    op.create_index("ix_book_title", "book", ["title"])


def honest_downgrade():
    op.create_index("ix_book_title", "book", ["title"], mysql_length={"title": 20})
