"""zip codes that are numbers are written as numbers

Revision ID: 0102
Revises: 0101
"""

from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None

planted = ("rows:person", "column zip")


def upgrade():
    op.execute("CREATE TABLE person_zip AS SELECT id, zip FROM person")
    op.execute("UPDATE person SET zip = zip::bigint::text WHERE zip ~ '^[0-9]{1,9}$'")


def downgrade():
    op.drop_table("person_zip")


def honest_downgrade():
    op.execute("UPDATE person SET zip = z.zip FROM person_zip z WHERE z.id = person.id")
    op.drop_table("person_zip")
