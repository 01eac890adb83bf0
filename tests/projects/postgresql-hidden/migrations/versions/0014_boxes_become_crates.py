"""boxes and crates are exchanged

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
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
