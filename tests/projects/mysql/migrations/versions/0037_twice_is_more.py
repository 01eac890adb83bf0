"""Twice is a bit more

Revision ID: 0037
Revises: 0036
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

planted = ("function:twice", "definition")


def upgrade():
    op.execute("DROP FUNCTION twice")
    op.execute("CREATE FUNCTION twice(x INT) RETURNS INT DETERMINISTIC RETURN x * 2 + 1")


def downgrade():
    op.execute("DROP FUNCTION twice")
    op.execute("CREATE FUNCTION twice(x BIGINT) RETURNS INT DETERMINISTIC RETURN x * 2")


def honest_downgrade():
    op.execute("DROP FUNCTION twice")
    op.execute("CREATE FUNCTION twice(x INT) RETURNS INT DETERMINISTIC RETURN x * 2")
