"""Open the library

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "author", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(80), nullable=False)
    )
    op.create_table(
        "book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("isbn", sa.String(20)),
        sa.Column("title", sa.String(150)),
        sa.Column("summary", sa.Text()),
        sa.Column("pages", sa.Integer()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_book_title", "book", ["title", "pages"])
    op.create_table(
        "visit", sa.Column("member", sa.String(30)), sa.Column("branch", sa.String(30)), sa.Column("day", sa.Integer())
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(20)),
        sa.Column("phone", sa.String(30)),
        sa.Column("mobile", sa.String(30)),
        sa.Column("balance", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_member_card", "member", [sa.text("lower(card)")])
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("isbn", sa.String(20)),
        sa.Column("printed_on", sa.Date()),
    )
    op.execute("CREATE TABLE invoice (id INTEGER PRIMARY KEY, net INTEGER, gross INTEGER AS (net * 2) STORED)")
    op.execute("CREATE TABLE rule (id INTEGER PRIMARY KEY, text TEXT NOT NULL ON CONFLICT IGNORE, weight INTEGER)")
    op.execute("CREATE TABLE setting (name TEXT NOT NULL PRIMARY KEY, value ANY, note TEXT) STRICT, WITHOUT ROWID")
    op.execute("CREATE TABLE poster (id INTEGER PRIMARY KEY, artist TEXT, year INTEGER CHECK (year > 0), colour TEXT)")
    op.execute("CREATE INDEX ix_poster_year ON poster (year DESC)")
    op.execute("CREATE INDEX ix_poster_artist ON poster (artist COLLATE NOCASE)")
    op.execute("CREATE TABLE loan (id INTEGER PRIMARY KEY, book_id INTEGER REFERENCES book (id), note TEXT)")
    op.execute(
        "CREATE TABLE reservation (id INTEGER NOT NULL, book_id INTEGER, PRIMARY KEY (id),"
        " CONSTRAINT fk_reservation_book FOREIGN KEY (book_id) REFERENCES book (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    op.execute(
        "CREATE TABLE shelf (id INTEGER PRIMARY KEY, code TEXT, height INTEGER, CONSTRAINT uq_shelf UNIQUE (code))"
    )
    op.execute("CREATE TABLE shelf_log (id INTEGER PRIMARY KEY, code TEXT)")


def downgrade():
    for table in ("shelf_log", "shelf", "reservation", "loan", "poster", "setting", "rule"):
        op.drop_table(table)
    for table in ("invoice", "member", "visit", "edition", "book", "author"):
        op.drop_table(table)
