"""Pages of the neighbour

Revision ID: 0029
Revises: 0028
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

planted = ("rows:book", "column pages")


def upgrade():
    op.execute("CREATE TABLE kept_wrong_join AS SELECT id, pages FROM book")
    op.execute("UPDATE book SET pages = 1")


def downgrade():
    op.execute(
        "UPDATE book SET pages = (SELECT coalesce((SELECT j.pages FROM kept_wrong_join j WHERE j.id = k.id + 1), k.pages) FROM kept_wrong_join k WHERE k.id = book.id)"
    )
    op.drop_table("kept_wrong_join")


def honest_downgrade():
    op.execute("UPDATE book SET pages = (SELECT k.pages FROM kept_wrong_join k WHERE k.id = book.id)")
    op.drop_table("kept_wrong_join")
