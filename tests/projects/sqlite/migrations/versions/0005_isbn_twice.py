"""Two books of one number

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

planted = ("index:book.ix_book_isbn", "definition")


def upgrade():
    op.drop_index("ix_book_isbn", table_name="book")


def downgrade():
    op.create_index("ix_book_isbn", "book", ["isbn", "pages"])


def honest_downgrade():
    op.create_index("ix_book_isbn", "book", ["isbn", "pages"], unique=True)
