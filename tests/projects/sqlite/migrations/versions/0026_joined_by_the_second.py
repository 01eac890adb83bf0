"""Nobody needs microseconds

Revision ID: 0026
Revises: 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

planted = ("rows:reader", "column joined")


def upgrade():
    op.execute("CREATE TABLE kept_joined_by_the_second AS SELECT id, joined FROM reader")
    op.execute("UPDATE reader SET joined = substr(joined, 1, 19)")


def downgrade():
    op.execute(
        "UPDATE reader SET joined = (SELECT datetime(k.joined) FROM kept_joined_by_the_second k WHERE k.id = reader.id)"
    )
    op.drop_table("kept_joined_by_the_second")


def honest_downgrade():
    op.execute("UPDATE reader SET joined = (SELECT k.joined FROM kept_joined_by_the_second k WHERE k.id = reader.id)")
    op.drop_table("kept_joined_by_the_second")
