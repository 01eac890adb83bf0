"""Shelves a little higher

Revision ID: 0055
Revises: 0054
"""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

planted = ("rows:shelf_log", "count")


def upgrade():
    op.execute("CREATE TABLE shelf_height AS SELECT id, height FROM shelf")
    op.execute("CREATE TABLE shelf_log_end AS SELECT coalesce(max(id), 0) AS id FROM shelf_log")


def downgrade():
    op.execute("UPDATE shelf SET height = (SELECT h.height FROM shelf_height h WHERE h.id = shelf.id)")
    op.drop_table("shelf_log_end")
    op.drop_table("shelf_height")


def honest_downgrade():
    op.drop_table("shelf_log_end")
    op.drop_table("shelf_height")
