"""the first invoice is made

Revision ID: 0150
Revises: 0149
"""

from alembic import op

revision = "0150"
down_revision = "0149"
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
