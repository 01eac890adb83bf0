"""What a revision does, as data: steps that each say how they are done and how they are undone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bothways.code import replaced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.code import Code
    from bothways.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one object, and the way back."""

    says: str
    """What it does, in words that can stand in a list: ``add products.note``."""
    up: tuple[Code, ...]
    down: tuple[Code, ...]
    """The statements that undo ``up``, in the order in which they run."""
    lossy: Mapping[str, str] = field(default_factory=dict)
    """What its way up and down loses, as revisions declare it: ``table.column`` or ``table``, and why."""
    cautions: tuple[str, ...] = ()
    """What it locks, rewrites or may be refused for, each a sentence: ``Building it blocks writes to products.``"""


@dataclass(frozen=True, slots=True)
class Draft:
    """The body of one revision. A downgrade undoes its steps from the last to the first."""

    steps: tuple[Step, ...]
    title: str = ""
    """What this part of a change does, where a change takes several revisions: ``validate ck_products_price``."""

    @property
    def up(self) -> tuple[Code, ...]:
        """The statements of ``upgrade()``."""
        return tuple(code for step in self.steps for code in step.up)

    @property
    def down(self) -> tuple[Code, ...]:
        """The statements of ``downgrade()``."""
        return tuple(code for step in reversed(self.steps) for code in step.down)


@dataclass(frozen=True, slots=True)
class State:
    """One side of a change: what the database is, and the texts from which its objects can be made again."""

    snapshot: Snapshot
    sources: Mapping[str, str] = field(default_factory=dict)
    """By key of the snapshot (``key`` or ``key/fact``), what :meth:`Drafter.sources` found."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What catalogs can't say. Keys are those of snapshots: ``column:products.note``."""

    backfill: Mapping[str, str] = field(default_factory=dict)
    """The SQL expression that fills a column of the models where rows have no value."""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict, kw_only=True)
    """By column of the models, the former labels of its enum and the new ones."""
    offline: bool = False
    """Nobody uses the database meanwhile: the short form, in one revision."""
    keep_data: bool = False
    """What a step would lose goes to a side table ``bothways_kept_…`` and comes back on the way down."""


SIDE = "bothways_kept_"
"""What the names of side tables begin with."""
LONGEST_MARK = 9
"""So much longer the name of a side table becomes by :func:`marked`."""


def marked(draft: Draft, mark: str) -> Draft:
    """The draft with a mark in the names of its side tables: that of another revision may still be there."""
    if not mark:
        return draft
    name = f"{SIDE}{mark[: LONGEST_MARK - 1]}_"

    def with_mark(codes: tuple[Code, ...]) -> tuple[Code, ...]:
        return tuple(replaced(code, SIDE, name) for code in codes)

    return replace(draft, steps=tuple(replace(s, up=with_mark(s.up), down=with_mark(s.down)) for s in draft.steps))
