"""boxes and crates are exchanged

Revision ID: 0154
Revises: 0153
"""

from alembic import op

revision = "0154"
down_revision = "0153"
branch_labels = None
depends_on = None

planted = ("rows:box", "rows")


def upgrade():
    op.rename_table("box", "box_then")
    op.rename_table("crate", "box")
    op.rename_table("box_then", "crate")


def downgrade():
    op.execute("SELECT count(*) FROM box")


def honest_downgrade():
    op.rename_table("box", "box_then")
    op.rename_table("crate", "box")
    op.rename_table("box_then", "crate")
