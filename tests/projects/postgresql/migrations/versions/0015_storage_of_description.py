"""descriptions are read in parts

Revision ID: 0015
Revises: 0014
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

planted = ("column:product.description", "storage")


def upgrade():
    op.execute("ALTER TABLE product ALTER COLUMN description SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE product ALTER COLUMN description SET STATISTICS 500")


def downgrade():
    op.execute("ALTER TABLE product ALTER COLUMN description SET STATISTICS -1")


def honest_downgrade():
    op.execute("ALTER TABLE product ALTER COLUMN description SET STATISTICS -1")
    op.execute("ALTER TABLE product ALTER COLUMN description SET STORAGE EXTENDED")
