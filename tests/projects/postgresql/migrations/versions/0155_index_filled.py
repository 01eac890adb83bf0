"""the index of loans is filled up

Revision ID: 0155
Revises: 0154
"""

from alembic import op

revision = "0155"
down_revision = "0154"
branch_labels = None
depends_on = None

planted = ("index:loan_note.loan_note_pkey", "options")


def upgrade():
    op.execute("ALTER TABLE loan_note_pkey SET (fillfactor = 60)")


def downgrade():
    op.execute("COMMENT ON TABLE loan_note IS NULL")


def honest_downgrade():
    op.execute("ALTER TABLE loan_note_pkey RESET (fillfactor)")
