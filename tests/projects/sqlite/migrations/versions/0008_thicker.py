"""Only very thick books are thick

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

planted = ("view:thick", "definition")


def upgrade():
    op.execute("DROP VIEW thick")
    op.execute("CREATE VIEW thick AS SELECT id, title FROM book WHERE pages > 900")


def downgrade():
    op.execute("DROP VIEW thick")
    op.execute("CREATE VIEW thick AS SELECT id, title FROM book WHERE pages >= 500")


def honest_downgrade():
    op.execute("DROP VIEW thick")
    op.execute("CREATE VIEW thick AS SELECT id, title FROM book WHERE pages > 500")
