"""Loans stay when books go

Revision ID: 0027
Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

planted = ("trigger:book.book_gone", "definition")


def upgrade():
    op.execute("DROP TRIGGER book_gone")


def downgrade():
    op.execute("CREATE TRIGGER book_gone BEFORE DELETE ON book BEGIN DELETE FROM loan WHERE book_id = OLD.id; END")


def honest_downgrade():
    op.execute("CREATE TRIGGER book_gone AFTER DELETE ON book BEGIN DELETE FROM loan WHERE book_id = OLD.id; END")
