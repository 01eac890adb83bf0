"""What the tests of the generator share: two sets of models, and what is drafted from one to the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bothways.building import build
from bothways.code import imports, layout
from bothways.generate.lab import Drafted, Lab
from bothways.operations import Draft, Hints

if TYPE_CHECKING:
    import sqlalchemy as sa

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def drafted(server, before: sa.MetaData, after: sa.MetaData, *, renamed=None, hints=None, written=None) -> Drafted:
    """Draft from one set of models to another on a server, run both ways."""
    lab = Lab(
        server,
        MIGRATIONS,
        lambda c: build(c, before),
        lambda c: build(c, after),
        renamed=renamed or {},
        written=written or {},
        hints=hints or Hints(),
    )
    return lab.draft()


def source(draft: Draft) -> str:
    """A draft as the revision that it becomes, without its head."""
    up = [line for code in draft.up for line in layout(code, 4)] or ["    pass"]
    down = [line for code in draft.down for line in layout(code, 4)] or ["    pass"]
    lines = [*imports([*draft.up, *draft.down]), "", "", "def upgrade() -> None:", *up]
    return "\n".join([*lines, "", "", "def downgrade() -> None:", *down, ""])


def assert_both_ways(server, before, after, **more) -> Drafted:
    """The drafts make the one catalog of the other and the other way round."""
    found = drafted(server, before, after, **more)
    text = "\n".join(map(source, found.drafts))
    assert not found.left, f"left: {[str(c) for c in found.left]}\n{text}"
    assert not found.not_restored, f"not restored: {[str(c) for c in found.not_restored]}\n{text}"
    return found
