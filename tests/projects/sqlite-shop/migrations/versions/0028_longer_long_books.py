"""Longer long books

Revision ID: 0028
Revises: 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

planted = ("view:long_books", "definition")


def upgrade():
    op.execute("DROP VIEW long_books")
    op.execute("CREATE VIEW long_books AS SELECT id, title, pages FROM book WHERE pages > 500")


def downgrade():
    op.execute("DROP VIEW long_books")
    op.execute("CREATE VIEW long_books AS SELECT id, title FROM book WHERE pages >= 300")


def honest_downgrade():
    op.execute("DROP VIEW long_books")
    op.execute("CREATE VIEW long_books AS SELECT id, title FROM book WHERE pages > 300")
