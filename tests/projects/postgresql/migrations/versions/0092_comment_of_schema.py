"""the archive is described

Revision ID: 0092
Revises: 0091
"""

from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None

planted = ("schema:archive", "comment")


def upgrade():
    op.execute("COMMENT ON SCHEMA archive IS 'What is older than ten years'")


def downgrade():
    op.execute("COMMENT ON SCHEMA archive IS NULL")


def honest_downgrade():
    op.execute("COMMENT ON SCHEMA archive IS 'Old things'")
