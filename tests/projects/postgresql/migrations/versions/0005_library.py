"""a library with loans

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table("author", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))
    op.create_table("genre", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))
    op.create_table(
        "book",
        sa.Column("isbn", sa.String(17), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("author_id", sa.Integer(), sa.ForeignKey("author.id", name="fk_book_author"), nullable=True),
        sa.Column("genre_id", sa.Integer(), sa.ForeignKey("genre.id", name="fk_book_genre"), nullable=True),
        sa.PrimaryKeyConstraint("isbn", name="pk_book"),
    )
    op.create_table(
        "book_genre",
        sa.Column("isbn", sa.String(17), sa.ForeignKey("book.isbn", name="fk_book_genre_book"), nullable=False),
        sa.Column("genre_id", sa.Integer(), sa.ForeignKey("genre.id", name="fk_book_genre_genre"), nullable=False),
        sa.PrimaryKeyConstraint("isbn", "genre_id", name="pk_book_genre"),
    )
    op.create_table(
        "loan",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("period", postgresql.DATERANGE(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False, server_default=sa.false()),
        postgresql.ExcludeConstraint(
            ("copy_number", "="), ("period", "&&"), name="ex_loan_period", where=sa.text("not returned")
        ),
    )
    op.create_table(
        "shelf",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(20), nullable=False, unique=True),
        sa.Column("label", sa.Text(), nullable=True),
    )


def downgrade():
    op.drop_table("shelf")
    op.drop_table("loan")
    op.drop_table("book_genre")
    op.drop_table("book")
    op.drop_table("genre")
    op.drop_table("author")
    op.execute("DROP EXTENSION btree_gist")
