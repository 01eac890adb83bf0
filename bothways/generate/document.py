"""A draft as the file that people read: its docstring, its declarations and its two functions."""

from __future__ import annotations

import datetime as dt
import os
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bothways.code import WIDTH, imports, layout, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bothways.code import Code
    from bothways.operations import Draft

_LISTED = 12
"""So many steps are named in the docstring; of more, the first ones and their number."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a revision stands: its id, its parent, and what it is called."""

    id: str
    parent: str | None
    branch: str
    change: str
    message: str


def values(place: Place, draft: Draft, today: dt.datetime) -> Mapping[str, Any]:
    """What the template gets for a draft."""
    codes = (*draft.up, *draft.down)
    # Whoever fills an empty revision begins with op.execute or a sa.table.
    used = imports(codes) if codes else ("import sqlalchemy as sa", "from alembic import op")
    return {
        "message": _title(place.message, draft),
        "create_date": today,
        "up_revision": place.id,
        "down_revision": place.parent,
        "branch_labels": (place.branch,) if place.parent is None else None,
        "depends_on": None,
        "change": place.change,
        "comma": lambda several: ", ".join(several) if isinstance(several, tuple) else several,
        "imports": "\n".join(line for line in used if not line.startswith(("import sqlalchemy as sa", "from alembic"))),
        "used": "\n".join(used),
        "explanation": explanation(draft),
        "declared": declared(lossy(draft)),
        "upgrades": body(draft.up),
        "downgrades": body(draft.down),
    }


def body(codes: Sequence[Code]) -> str:
    """The statements of a function, the first one without its indent, as templates want it."""
    return "\n".join(line for code in codes for line in layout(code, 4)).lstrip(" ")


def lossy(draft: Draft) -> dict[str, str]:
    """What the draft declares as lost."""
    return {name: why for step in draft.steps for name, why in step.lossy.items()}


_REFUSED_BACK = "way back is refused"


def explanation(draft: Draft) -> str:
    """Sentences on what changes, what that locks, and what is lost."""
    if not draft.steps:
        return "For data: say here what changes, what it locks, and how the way back gives the rows back."
    said = [step.says for step in draft.steps]
    more = f"; and {len(said) - _LISTED} steps more" if len(said) > _LISTED else ""
    sentences = [_sentence("; ".join(said[:_LISTED]) + more)]
    sentences += dict.fromkeys(_sentence(c) for step in draft.steps for c in step.cautions)
    lost = lossy(draft)
    if lost:
        sentences.append(_sentence(f"Lost by the way up and down: {', '.join(sorted(lost))}"))
    elif not any(_REFUSED_BACK in c for step in draft.steps for c in step.cautions):
        sentences.append("The way back restores everything that was there before.")
    return "\n".join(textwrap.wrap(" ".join(sentences), WIDTH, break_long_words=False, break_on_hyphens=False))


def declared(lost: Mapping[str, str]) -> str:
    """The module's ``lossy`` as source."""
    if not lost:
        return ""
    lines = [f"    {literal(name)}: {literal(why)}," for name, why in sorted(lost.items())]
    alone = f"lossy = {{{lines[0].strip().rstrip(',')}}}"
    return f"{alone}\n" if len(lines) == 1 and len(alone) <= WIDTH else "\n".join(["lossy = {", *lines, "}", ""])


def today() -> dt.datetime:
    """The date that new revisions bear: SOURCE_DATE_EPOCH where that is set, so that builds can be repeated."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return dt.datetime.fromtimestamp(int(epoch), dt.UTC) if epoch.isdigit() else dt.datetime.now(dt.UTC)


def cautions(drafts: Iterable[Draft]) -> tuple[str, ...]:
    """What the drafts lock or rewrite, each once."""
    return tuple(dict.fromkeys(c for draft in drafts for step in draft.steps for c in step.cautions))


def _title(message: str, draft: Draft) -> str:
    lines = "".join(c if c.isprintable() or c == "\n" else " " for c in message).strip().splitlines()
    first = lines[0].strip() if lines else "Change"
    return f"{first}: {draft.title}" if draft.title else first


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
