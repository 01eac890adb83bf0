"""numbers of books are a domain

Revision ID: 0045
Revises: 0044
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE DOMAIN isbn13 AS varchar(17) CONSTRAINT ck_isbn13 CHECK (value <> '') DEFAULT 'unknown'")
    op.execute("CREATE TYPE size3 AS (width integer, height integer)")
    op.execute("CREATE SEQUENCE invoice_number INCREMENT 10 MINVALUE 1000 START 1000 CACHE 5 OWNED BY orders.number")
    op.execute("SELECT setval('invoice_number', 5000)")


def downgrade():
    op.execute("DROP SEQUENCE invoice_number")
    op.execute("DROP TYPE size3")
    op.execute("DROP DOMAIN isbn13")
