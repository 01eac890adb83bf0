"""Words of any type

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

planted = ("table:word", "strict")


def upgrade():
    op.execute("CREATE TABLE new_word (id INTEGER PRIMARY KEY, word TEXT NOT NULL, n INTEGER)")
    op.execute("INSERT INTO new_word SELECT * FROM word")
    op.drop_table("word")
    op.rename_table("new_word", "word")


def downgrade():
    op.execute("CREATE TABLE new_word (id INTEGER PRIMARY KEY, word TEXT NOT NULL, n INTEGER)")
    op.execute("INSERT INTO new_word SELECT * FROM word")
    op.drop_table("word")
    op.rename_table("new_word", "word")


def honest_downgrade():
    op.execute("CREATE TABLE new_word (id INTEGER PRIMARY KEY, word TEXT NOT NULL, n INTEGER) STRICT")
    op.execute("INSERT INTO new_word SELECT * FROM word")
    op.drop_table("word")
    op.rename_table("new_word", "word")
