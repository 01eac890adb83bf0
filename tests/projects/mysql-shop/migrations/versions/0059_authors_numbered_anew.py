"""Authors numbered anew

Revision ID: 0059
Revises: 0058
"""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

planted = ("rows:author", "column id")


def upgrade():
    op.execute("CREATE TABLE author_number AS SELECT id, name FROM author")
    op.execute("DELETE FROM author")


def downgrade():
    op.execute("INSERT INTO author (name) SELECT name FROM author_number ORDER BY id")
    op.drop_table("author_number")


def honest_downgrade():
    op.execute("INSERT INTO author (id, name) SELECT id, name FROM author_number")
    op.drop_table("author_number")
