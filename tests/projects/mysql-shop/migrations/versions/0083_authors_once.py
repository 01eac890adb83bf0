"""Authors once

Revision ID: 0083
Revises: 0082
"""

from alembic import op

revision = "0083"
down_revision = "0082"
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
