"""Odd books are sad

Revision ID: 0077
Revises: 0076
"""

from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

planted = ("rows:book", "column mood")


def upgrade():
    op.execute("CREATE TABLE book_odd AS SELECT id FROM book WHERE mood = 'odd'")
    op.execute("UPDATE book SET mood = 'sad' WHERE mood = 'odd'")


def downgrade():
    op.execute("UPDATE book SET mood = 'odd' WHERE mood = 'sad'")
    op.drop_table("book_odd")


def honest_downgrade():
    op.execute("UPDATE book JOIN book_odd USING (id) SET mood = 'odd'")
    op.drop_table("book_odd")
