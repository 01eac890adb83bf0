"""The ledger takes every sum

Revision ID: 0036
Revises: 0035
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

planted = ("trigger:ledger.ledger_trim", "timing")


def upgrade():
    op.execute("DROP TRIGGER ledger_trim")


def downgrade():
    op.execute("CREATE TRIGGER ledger_trim BEFORE UPDATE ON ledger FOR EACH ROW SET NEW.sum = ABS(NEW.sum)")


def honest_downgrade():
    op.execute("CREATE TRIGGER ledger_trim BEFORE INSERT ON ledger FOR EACH ROW SET NEW.sum = ABS(NEW.sum)")
