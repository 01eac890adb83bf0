"""books of authors are summed after every change

Revision ID: 0148
Revises: 0147
"""

from alembic import op

revision = "0148"
down_revision = "0147"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE author_name AS SELECT * FROM author")
    op.execute("UPDATE author SET name = coalesce(upper(name), '?')")
    op.execute("REFRESH MATERIALIZED VIEW author_books")


def downgrade():
    op.execute("UPDATE author SET name = n.name FROM author_name n WHERE n.id = author.id")
    op.execute("REFRESH MATERIALIZED VIEW author_books")
    op.drop_table("author_name")
