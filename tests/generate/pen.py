"""What draws: Hypothesis' choices as an edit needs them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.generate import vocabulary as words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.generate.models import Models, Table


class Pen:
    """What an edit needs: the draw of an example, its engine, and the kinds that may be drawn."""

    def __init__(self, draw: Callable, engine: str, kinds: frozenset[str]) -> None:
        self.draw, self.engine, self.kinds = draw, engine, kinds

    def one(self, values: Sequence):
        """One of these; None where there are none. The first is the simplest."""
        return self.draw(st.sampled_from(list(values))) if values else None

    def some(self, values: Sequence, least: int = 1, most: int = 3) -> tuple:
        """Some of these, each once; fewer than wanted where there are not as many."""
        if not values:
            return ()
        sizes = {"min_size": min(least, len(values)), "max_size": min(most, len(values))}
        return tuple(self.draw(st.lists(st.sampled_from(list(values)), unique=True, **sizes)))

    def luck(self, of: int) -> bool:
        """True once in so many times."""
        return self.draw(st.integers(0, of - 1)) == of - 1

    def may(self, kind: str, of: int = 2) -> bool:
        """Whether a kind is allowed and wanted."""
        return kind in self.kinds and self.luck(of)

    def name(self, taken: set[str], prefix: str = "") -> str:
        """A name that is free, also where case does not count."""
        names = [f"{prefix}{n}" for n in words.PLAIN]
        if self.may("odd names", 4):
            # A table may be called just "order"; of one that is as long as can be, the first letter is its own.
            start = "" if prefix == "t_" else prefix
            names = [prefix + n[len(prefix) :] if len(n) > 50 else start + n for n in words.ODD]
        free = [n for n in names if n.casefold() not in taken]
        free = free or [f"{prefix}{i}" for i in range(200) if f"{prefix}{i}" not in taken]
        return self.one(free)


def taken(models: Models) -> set[str]:
    """The names of relations, constraints and types, in one case."""
    names = {v.name for v in models.views} | {e.name for e in models.enums}
    for table in models.tables:
        names |= {table.name, table.key_name or table.name}
        names |= {c.name for c in table.constraints if c.name} | {i.name for i in table.indexes}
    return {n.casefold() for n in names}


def put(models: Models, table: Table) -> Models:
    """The models with another table of that name."""
    return replace(models, tables=tuple(table if t.name == table.name else t for t in models.tables))
