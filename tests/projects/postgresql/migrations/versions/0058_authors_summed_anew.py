"""books of authors are summed anew

Revision ID: 0058
Revises: 0057
"""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

planted = ("index:author_books.ux_author_books", "unique")


def upgrade():
    op.execute("DROP INDEX ux_author_books")


def downgrade():
    op.create_index("ux_author_books", "author_books", ["id"])


def honest_downgrade():
    op.create_index("ux_author_books", "author_books", ["id"], unique=True)
