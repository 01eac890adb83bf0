"""Books, readers and loans

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reader",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False, server_default="nobody"),
        sa.Column("email", sa.String(80)),
        sa.Column("city", sa.String(60)),
        sa.Column("joined", sa.DateTime),
        sa.Column("points", sa.Integer),
        sa.Column("fee", sa.Numeric(8, 2)),
        sa.Column("note", sa.Text),
        sa.Column("first", sa.String(30)),
        sa.Column("last", sa.String(30)),
        sa.UniqueConstraint("email", name="uq_reader_email"),
    )
    op.create_table(
        "book",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("isbn", sa.String(20), nullable=False),
        sa.Column("title", sa.String(100, collation="NOCASE")),
        sa.Column("pages", sa.Integer),
        sa.Column("shelf", sa.String(10), nullable=False, server_default=sa.text("'A1'")),
        sa.Column("price", sa.Float),
        sa.Column("double_pages", sa.Integer, sa.Computed("pages * 2", persisted=False)),
        sa.Column("state", sa.String(10)),
        sa.CheckConstraint("pages > 0", name="ck_book_pages"),
    )
    op.create_table(
        "loan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reader_id", sa.Integer, sa.ForeignKey("reader.id", name="fk_loan_reader", ondelete="CASCADE")),
        sa.Column("book_id", sa.Integer),
        sa.Column("due", sa.Date),
    )
    op.create_table(
        "number", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer), sqlite_autoincrement=True
    )
    op.execute("CREATE TABLE tag (name TEXT PRIMARY KEY, weight INTEGER) WITHOUT ROWID")
    op.execute("CREATE TABLE word (id INTEGER PRIMARY KEY, word TEXT NOT NULL, n INTEGER) STRICT")
    op.create_table(
        "diary",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("line", sa.String(100)),
        sa.Column("day", sa.String(10)),
    )
    op.create_table(
        "stock",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("n", sa.Integer),
        sa.Column("code", sa.String(20)),
    )
    op.create_index("ix_book_title", "book", ["title"])
    op.create_index("ix_book_isbn", "book", ["isbn", "pages"], unique=True)
    op.execute("CREATE INDEX ix_book_cheap ON book (price) WHERE price < 5")
    op.execute("CREATE INDEX ix_reader_city ON reader (city DESC)")
    op.execute("CREATE INDEX ix_reader_lower ON reader (lower(name))")
    op.execute("CREATE VIEW thick AS SELECT id, title FROM book WHERE pages > 500")
    op.execute("CREATE VIEW thin AS SELECT id, title FROM book WHERE pages < 50")
    op.execute(
        "CREATE TRIGGER diary_trim AFTER INSERT ON diary BEGIN UPDATE diary SET day = trim(day) WHERE id = NEW.id; END"
    )
    op.execute("CREATE TRIGGER stock_note AFTER UPDATE ON stock BEGIN SELECT 1; END")


def downgrade():
    for view in ("thin", "thick"):
        op.execute(f"DROP VIEW {view}")
    for table in ("stock", "diary", "word", "tag", "number", "loan", "book", "reader"):
        op.drop_table(table)
