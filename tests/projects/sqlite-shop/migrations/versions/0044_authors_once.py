"""Authors once

Revision ID: 0044
Revises: 0043
"""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

planted = ("rows:author", "count")


def upgrade():
    op.execute(
        "CREATE TABLE author_twice AS SELECT * FROM author WHERE id NOT IN (SELECT min(id) FROM author GROUP BY name)"
    )
    op.execute("DELETE FROM author WHERE id IN (SELECT id FROM author_twice)")


def downgrade():
    op.drop_table("author_twice")


def honest_downgrade():
    op.execute("INSERT INTO author SELECT * FROM author_twice")
    op.drop_table("author_twice")
