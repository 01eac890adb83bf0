"""No gross on invoices

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

planted = ("column:invoice.gross", "generated")


def upgrade():
    op.drop_column("invoice", "gross")


def downgrade():
    op.execute("ALTER TABLE invoice ADD COLUMN gross BIGINT GENERATED ALWAYS AS (net + net * 1) STORED AFTER net")


def honest_downgrade():
    op.execute("ALTER TABLE invoice ADD COLUMN gross BIGINT GENERATED ALWAYS AS (net * 2) STORED AFTER net")
