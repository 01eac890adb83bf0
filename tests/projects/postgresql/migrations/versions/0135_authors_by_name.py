"""authors are joined by name

Revision ID: 0135
Revises: 0134
"""

from alembic import op

revision = "0135"
down_revision = "0134"
branch_labels = None
depends_on = None

planted = ("rows:book", "column author_id")


def upgrade():
    op.execute("CREATE TABLE author_kept AS SELECT * FROM author")
    op.execute("CREATE TABLE book_author AS SELECT isbn, author_id FROM book")
    op.execute("UPDATE book SET author_id = NULL")
    op.execute("DELETE FROM author")


def downgrade():
    op.execute("INSERT INTO author (id, name) SELECT row_number() OVER (ORDER BY id), name FROM author_kept")
    op.execute(
        "UPDATE book SET author_id = a.id FROM book_author b, author_kept k, author a "
        "WHERE b.isbn = book.isbn AND k.id = b.author_id AND a.name IS NOT DISTINCT FROM k.name"
    )
    op.drop_table("book_author")
    op.drop_table("author_kept")


def honest_downgrade():
    op.execute("INSERT INTO author SELECT * FROM author_kept")
    op.execute("UPDATE book SET author_id = b.author_id FROM book_author b WHERE b.isbn = book.isbn")
    op.drop_table("book_author")
    op.drop_table("author_kept")
