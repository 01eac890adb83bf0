"""Long books are longer

Revision ID: 0039
Revises: 0038
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

planted = ("view:long_books", "definition")


def upgrade():
    op.execute("CREATE OR REPLACE VIEW long_books AS SELECT id, title FROM book WHERE pages > 500")


def downgrade():
    op.execute("CREATE OR REPLACE VIEW long_books AS SELECT id, title FROM book WHERE pages >= 300")


def honest_downgrade():
    op.execute("CREATE OR REPLACE VIEW long_books AS SELECT id, title FROM book WHERE pages > 300")
