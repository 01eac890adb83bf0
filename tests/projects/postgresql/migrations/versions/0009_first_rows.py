"""the first rows

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    category = sa.table("category", sa.column("name"), sa.column("slug"))
    op.bulk_insert(category, [{"name": "Books", "slug": "books"}, {"name": "Toys", "slug": "toys"}])
    op.execute("INSERT INTO customer (email, name) VALUES ('Ada@Example.org', 'Ada'), ('bob@example.org', 'Bob')")
    op.execute("INSERT INTO label (word, color) VALUES ('new', 'red'), ('sale', 'blue'), ('old', NULL)")


def downgrade():
    op.execute("DELETE FROM label WHERE word IN ('new', 'sale', 'old')")
    op.execute("DELETE FROM customer WHERE email IN ('Ada@Example.org', 'bob@example.org')")
    op.execute("DELETE FROM category WHERE slug IN ('books', 'toys')")
