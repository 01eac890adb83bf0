"""the index of loans is filled up

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

planted = ("index:loan_note.loan_note_pkey", "options")


def upgrade():
    op.execute("ALTER TABLE loan_note_pkey SET (fillfactor = 60)")


def downgrade():
    op.execute("COMMENT ON TABLE loan_note IS NULL")


def honest_downgrade():
    op.execute("ALTER TABLE loan_note_pkey RESET (fillfactor)")
