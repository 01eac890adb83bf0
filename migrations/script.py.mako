<%!
def plain(text):
    """Text that stays inside its docstring."""
    return str(text or "").replace("\\", "\\\\").replace('"', '\\"').replace("\0", "")
%>"""${message | plain}

Create Date: ${create_date.date()}

<%text>Say here what changes, why it is safe or what it locks, and what the way back does with the data.</%text>
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}
change = ${repr(context.get("change", None))}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
