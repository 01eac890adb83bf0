"""Own loans with books

Revision ID: 0039
Revises: 0038
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

planted = ("view:own_loans", "definition")


def upgrade():
    op.execute("CREATE OR REPLACE SQL SECURITY INVOKER VIEW own_loans AS SELECT id, due_on, book_id FROM loan")


def downgrade():
    op.execute("CREATE OR REPLACE VIEW own_loans AS SELECT id, due_on FROM loan")


def honest_downgrade():
    op.execute("CREATE OR REPLACE SQL SECURITY INVOKER VIEW own_loans AS SELECT id, due_on FROM loan")
