"""Check the returns that were there before their key

Create Date: 2025-06-11

The key looked at them already when it came, so this sibling only makes sure of it: it changes nothing, and fails if a
return names a line that isn't there. It keeps the three branches in step.
"""

import sqlalchemy as sa
from alembic import op

revision = "lite_0016"
down_revision = "lite_0015"
branch_labels = None
depends_on = None
change = "validate-returns"


def upgrade() -> None:
    _refuse_lost_returns()


def downgrade() -> None:
    _refuse_lost_returns()


def _refuse_lost_returns() -> None:
    if op.get_context().as_sql:
        return
    query = sa.text("SELECT count(*) FROM pragma_foreign_key_check('order_returns')")
    lost = op.get_bind().execute(query).scalar_one()
    if lost:
        raise RuntimeError(f"{lost} returns name a line that is not there: somebody wrote them with foreign keys off")
