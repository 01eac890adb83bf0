"""Numbers in capitals

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

planted = ("rows:book", "column isbn")


def upgrade():
    op.execute("CREATE TABLE kept_upper_isbn AS SELECT id, isbn FROM book")
    op.execute("UPDATE book SET isbn = upper(isbn)")


def downgrade():
    op.execute("UPDATE book SET isbn = lower(isbn)")
    op.drop_table("kept_upper_isbn")


def honest_downgrade():
    op.execute("UPDATE book SET isbn = (SELECT k.isbn FROM kept_upper_isbn k WHERE k.id = book.id)")
    op.drop_table("kept_upper_isbn")
