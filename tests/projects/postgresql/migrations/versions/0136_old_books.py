"""books of the old library

Revision ID: 0136
Revises: 0135
"""

import sqlalchemy as sa
from alembic import op

revision = "0136"
down_revision = "0135"
branch_labels = None
depends_on = None

planted = ("table:book_old_backup", None)


def upgrade():
    op.create_table(
        "book_old",
        sa.Column("isbn", sa.String(17), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("author_id", sa.Integer(), sa.ForeignKey("author.id", name="fk_book_old_author")),
    )


def downgrade():
    op.rename_table("book_old", "book_old_backup")


def honest_downgrade():
    op.drop_table("book_old")
