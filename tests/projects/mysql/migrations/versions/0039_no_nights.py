"""Nothing happens at night

Revision ID: 0039
Revises: 0038
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

planted = ("event:nightly", "definition")


def upgrade():
    op.execute("DROP EVENT nightly")


def downgrade():
    op.execute("CREATE EVENT nightly ON SCHEDULE EVERY 1 WEEK DISABLE DO DELETE FROM log WHERE line = ''")


def honest_downgrade():
    op.execute("CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM log WHERE line = ''")
