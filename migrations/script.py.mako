<%!
import json


def plain(text):
    """Text that stays inside its docstring."""
    text = str(text or "").replace("\\", "\\\\").replace('"""', '\\"\\"\\"').replace("\0", "")
    return "\\" + text if text.startswith('"') else text


def literal(value):
    """A value as ruff would write it."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return "(" + ", ".join(map(literal, value)) + (",)" if len(value) == 1 else ")")
    return repr(value)
%>"""${message | plain}

Create Date: ${create_date.date()}

${context.get("explanation", "Say here what changes, why it is safe or what it locks, and what the way back does with the data.") | plain}
"""

${context.get("used", "import sqlalchemy as sa\nfrom alembic import op" + ("\n" + imports if imports else ""))}

revision = ${literal(up_revision)}
down_revision = ${literal(down_revision)}
branch_labels = ${literal(branch_labels)}
depends_on = ${literal(depends_on)}
change = ${literal(context.get("change", None))}
${context.get("declared", "")}

def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
