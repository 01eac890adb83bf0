"""Open the library

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "author",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("isbn", sa.String(20)),
        sa.Column("title", sa.String(150)),
        sa.Column("summary", sa.Text()),
        sa.Column("blurb", mysql.LONGTEXT()),
        sa.Column("pages", sa.Integer()),
        sa.Column("mood", sa.Enum("sad", "happy", "odd")),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
    )
    op.create_index("ix_book_title", "book", ["title"], mysql_length={"title": 20})
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(20)),
        sa.Column("name", sa.String(60)),
        sa.Column("guardian_id", sa.Integer()),
        sa.Column("balance", sa.Integer()),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer()),
        sa.Column("member_id", sa.Integer()),
        sa.Column("due_on", sa.Date()),
        sa.Column("returned", sa.Boolean()),
        sa.Column("fine", sa.Integer()),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name="fk_loan_book", ondelete="SET NULL"),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "visit",
        sa.Column("member_id", sa.Integer()),
        sa.Column("branch", sa.String(30)),
        sa.Column("day", sa.Integer()),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "shelf",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(12)),
        sa.Column("room", sa.String(20)),
        sa.Column("height", sa.Integer()),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
    )


def downgrade():
    for table in ("shelf", "visit", "loan", "member", "book", "author"):
        op.drop_table(table)
