"""Invoices are paid

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

planted = ("column:invoice.gross", "generated")


def upgrade():
    with op.batch_alter_table("invoice") as batch:
        batch.add_column(sa.Column("paid_on", sa.Date()))


def downgrade():
    op.execute("CREATE TABLE invoice_old (id INTEGER PRIMARY KEY, net INTEGER, gross INTEGER AS (net * 2) VIRTUAL)")
    op.execute("INSERT INTO invoice_old (id, net) SELECT id, net FROM invoice")
    op.drop_table("invoice")
    op.rename_table("invoice_old", "invoice")


def honest_downgrade():
    op.drop_column("invoice", "paid_on")
