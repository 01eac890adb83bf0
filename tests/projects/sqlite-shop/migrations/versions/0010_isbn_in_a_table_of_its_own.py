"""Isbn in a table of its own

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

planted = ("column:edition.isbn", "position")


def upgrade():
    op.execute("CREATE TABLE edition_isbn AS SELECT id, isbn FROM edition")
    with op.batch_alter_table("edition") as batch:
        batch.drop_column("isbn")


def downgrade():
    op.add_column("edition", sa.Column("isbn", sa.String(20)))
    op.execute("UPDATE edition SET isbn = (SELECT o.isbn FROM edition_isbn o WHERE o.id = edition.id)")
    op.drop_table("edition_isbn")


def honest_downgrade():
    with op.batch_alter_table("edition", recreate="always") as batch:
        batch.add_column(sa.Column("isbn", sa.String(20)), insert_after="id")
    op.execute("UPDATE edition SET isbn = (SELECT o.isbn FROM edition_isbn o WHERE o.id = edition.id)")
    op.drop_table("edition_isbn")
