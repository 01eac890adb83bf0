"""the first invoice is made

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

planted = ("rows:counter", "column value")


def upgrade():
    op.execute("INSERT INTO invoice (id) VALUES ('the first one')")


def downgrade():
    op.execute("DELETE FROM invoice WHERE id = 'the first one'")


def honest_downgrade():
    op.execute("DELETE FROM invoice WHERE id = 'the first one'")
    op.execute("UPDATE counter SET value = value - 1 WHERE name = 'invoice'")
