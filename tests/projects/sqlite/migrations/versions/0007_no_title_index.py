"""Titles are not looked for

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

planted = ("index:book.ix_book_title", None)


def upgrade():
    op.drop_index("ix_book_title", table_name="book")


def downgrade():
    pass


def honest_downgrade():
    op.create_index("ix_book_title", "book", ["title"])
