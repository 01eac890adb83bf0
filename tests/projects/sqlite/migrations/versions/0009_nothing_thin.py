"""Nothing is thin

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

planted = ("view:thin", None)


def upgrade():
    op.execute("DROP VIEW thin")


def downgrade():
    pass


def honest_downgrade():
    op.execute("CREATE VIEW thin AS SELECT id, title FROM book WHERE pages < 50")
