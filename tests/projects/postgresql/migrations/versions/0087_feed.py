"""orders are published

Revision ID: 0087
Revises: 0086
"""

from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE FOREIGN DATA WRAPPER legacy_wrapper")
    op.execute("CREATE SERVER legacy_shop FOREIGN DATA WRAPPER legacy_wrapper OPTIONS (host 'old')")
    op.execute("CREATE USER MAPPING FOR PUBLIC SERVER legacy_shop OPTIONS (user 'reader')")
    op.execute("CREATE FOREIGN TABLE legacy_order (id integer) SERVER legacy_shop OPTIONS (table_name 'o')")
    op.execute("CREATE TEXT SEARCH DICTIONARY shop_words (TEMPLATE = simple, Accept = true)")
    op.execute("CREATE TEXT SEARCH CONFIGURATION shop_search (COPY = simple)")
    op.execute("CREATE SCHEMA archive")
    op.execute("CREATE TABLE archive.loan (id integer PRIMARY KEY, reader text)")
    op.execute("COMMENT ON SCHEMA archive IS 'Old things'")


def downgrade():
    op.execute("DROP TABLE archive.loan")
    op.execute("DROP SCHEMA archive")
    op.execute("DROP TEXT SEARCH CONFIGURATION shop_search")
    op.execute("DROP TEXT SEARCH DICTIONARY shop_words")
    op.execute("DROP FOREIGN TABLE legacy_order")
    op.execute("DROP USER MAPPING FOR PUBLIC SERVER legacy_shop")
    op.execute("DROP SERVER legacy_shop")
    op.execute("DROP FOREIGN DATA WRAPPER legacy_wrapper")
