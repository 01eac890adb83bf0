"""Isbn in a table of its own

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

planted = ("column:book.isbn", "position")


def upgrade():
    op.execute("CREATE TABLE book_isbn (book_id INTEGER NOT NULL PRIMARY KEY) AS SELECT id AS book_id, isbn FROM book")
    op.drop_column("book", "isbn")


def downgrade():
    op.add_column("book", sa.Column("isbn", sa.String(20)))
    op.execute("UPDATE book JOIN book_isbn ON book_id = book.id SET book.isbn = book_isbn.isbn")
    op.drop_table("book_isbn")


def honest_downgrade():
    op.execute("ALTER TABLE book ADD COLUMN isbn VARCHAR(20) AFTER id")
    op.execute("UPDATE book JOIN book_isbn ON book_id = book.id SET book.isbn = book_isbn.isbn")
    op.drop_table("book_isbn")
