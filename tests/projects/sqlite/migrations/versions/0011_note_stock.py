"""Note other changes of the stock

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

planted = ("trigger:stock.stock_note", "definition")


def upgrade():
    op.execute("DROP TRIGGER stock_note")


def downgrade():
    op.execute("CREATE TRIGGER stock_note BEFORE UPDATE ON stock BEGIN SELECT 1; END")


def honest_downgrade():
    op.execute("CREATE TRIGGER stock_note AFTER UPDATE ON stock BEGIN SELECT 1; END")
