"""books of authors are summed by day

Revision ID: 0060
Revises: 0059
"""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade():
    op.execute(
        "CREATE MATERIALIZED VIEW author_books AS "
        "SELECT a.id, a.name, count(b.isbn) AS books FROM author a LEFT JOIN book b ON b.author_id = a.id GROUP BY a.id"
    )


def downgrade():
    op.execute("DROP MATERIALIZED VIEW author_books")
