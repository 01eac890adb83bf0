"""the archive is described

Revision ID: 0090
Revises: 0089
"""

from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None

planted = ("schema:archive", "comment")


def upgrade():
    op.execute("COMMENT ON SCHEMA archive IS 'What is older than ten years'")


def downgrade():
    op.execute("COMMENT ON SCHEMA archive IS NULL")


def honest_downgrade():
    op.execute("COMMENT ON SCHEMA archive IS 'Old things'")
