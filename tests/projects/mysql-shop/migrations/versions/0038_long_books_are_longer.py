"""Long books are longer

Revision ID: 0038
Revises: 0037
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

planted = ("view:long_books", "definition")


def upgrade():
    op.execute("CREATE OR REPLACE VIEW long_books AS SELECT id, title FROM book WHERE pages > 500")


def downgrade():
    op.execute("CREATE OR REPLACE VIEW long_books AS SELECT id, title FROM book WHERE pages >= 300")


def honest_downgrade():
    op.execute("CREATE OR REPLACE VIEW long_books AS SELECT id, title FROM book WHERE pages > 300")
