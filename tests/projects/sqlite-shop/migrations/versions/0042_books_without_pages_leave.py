"""Books without pages leave

Revision ID: 0042
Revises: 0041
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

planted = ("rows:loan", "count")


def upgrade():
    op.execute("CREATE TABLE book_gone_keep AS SELECT * FROM book WHERE pages IS NULL")
    op.execute("CREATE TABLE loan_keep AS SELECT * FROM loan WHERE book_id IN (SELECT id FROM book_gone_keep)")
    op.execute("DELETE FROM loan WHERE book_id IN (SELECT id FROM book_gone_keep)")
    op.execute("DELETE FROM book WHERE pages IS NULL")


def downgrade():
    op.execute("INSERT INTO book SELECT * FROM book_gone_keep")
    op.drop_table("loan_keep")
    op.drop_table("book_gone_keep")


def honest_downgrade():
    op.execute("INSERT INTO book SELECT * FROM book_gone_keep")
    op.execute("INSERT INTO loan SELECT * FROM loan_keep")
    op.drop_table("loan_keep")
    op.drop_table("book_gone_keep")
