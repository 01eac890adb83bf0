"""Cheap books are not looked for

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

planted = ("index:book.ix_book_cheap", "definition")


def upgrade():
    op.drop_index("ix_book_cheap", table_name="book")


def downgrade():
    op.create_index("ix_book_cheap", "book", ["price"])


def honest_downgrade():
    op.execute("CREATE INDEX ix_book_cheap ON book (price) WHERE price < 5")
