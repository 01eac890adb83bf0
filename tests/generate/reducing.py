"""An evolution that fails, as small as it can be and still fail in the same way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.generate.mending import mended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.generate.models import Column, Computed, Evolution, Table

Change = "Callable[[Models], Models]"


def reduced(evolution: Evolution, engine: str, fails: Callable[[Evolution], bool], most: int = 400) -> Evolution:
    """Leave out and simplify what does not matter, in at most so many trials."""
    tried = 0
    again = True
    while again:
        again = False
        for smaller in _smaller(evolution, engine):
            if tried >= most:
                return evolution
            if len(repr(smaller)) >= len(repr(evolution)):
                continue
            tried += 1
            if fails(smaller):
                evolution, again = smaller, True
                break
    return evolution


def _smaller(evolution: Evolution, engine: str) -> Iterator[Evolution]:
    for change in _changes(evolution):
        for before, after in ((True, True), (False, True), (True, False)):
            smaller = replace(
                evolution,
                before=mended(change(evolution.before), engine) if before else evolution.before,
                after=mended(change(evolution.after), engine) if after else evolution.after,
            )
            if smaller != evolution:
                yield smaller
    for fact in ("offline", "keep_data"):
        if getattr(evolution, fact):
            yield replace(evolution, **{fact: False})
    yield from _as_before(evolution, engine)


def _as_before(evolution: Evolution, engine: str) -> Iterator[Evolution]:
    """The same with one table of the models as it was, so that fewer things differ."""
    for table in evolution.before.tables:
        tables = tuple(table if t.name == table.name else t for t in evolution.after.tables)
        yield replace(evolution, after=mended(replace(evolution.after, tables=tables), engine))


def _changes(evolution: Evolution) -> Iterator[Change]:
    both = (evolution.before, evolution.after)
    for name in _names(t.name for m in both for t in m.tables):
        yield lambda m, n=name: replace(m, tables=tuple(t for t in m.tables if t.name != n))
    for name in _names(v.name for m in both for v in m.views):
        yield lambda m, n=name: replace(m, views=tuple(v for v in m.views if v.name != n))
    for name in _names(t.name for m in both for t in m.tables):
        tables = [t for m in both for t in m.tables if t.name == name]
        yield from _in_table(name, tables)


def _names(names: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _in_table(name: str, tables: list[Table]) -> Iterator[Change]:
    def edit(change: Callable[[Table], Table]) -> Change:
        return lambda m: replace(m, tables=tuple(change(t) if t.name == name else t for t in m.tables))

    for part in dict.fromkeys(c for t in tables for c in t.constraints):
        yield edit(lambda t, p=part: replace(t, constraints=tuple(c for c in t.constraints if c != p)))
    for index in dict.fromkeys(i for t in tables for i in t.indexes):
        yield edit(lambda t, p=index: replace(t, indexes=tuple(i for i in t.indexes if i != p)))
    for column in _names(c.name for t in tables for c in t.columns):
        yield edit(lambda t, n=column: _without(t, n))
    for fact in ("comment", "schema", "key_name"):
        yield edit(lambda t, f=fact: replace(t, **{f: None}))
    yield edit(lambda t: replace(t, key=()))
    for column in _names(c.name for t in tables for c in t.columns):
        for simple in _SIMPLER:
            yield edit(lambda t, n=column, s=simple: _with(t, n, s))


_SIMPLER = (
    {"comment": None},
    {"default": None},
    {"computed": None},
    {"counter": None},
    {"required": False},
    {"type": "integer"},
)


def _without(table: Table, name: str) -> Table:
    left = tuple(c for c in table.columns if c.name != name)
    return replace(table, columns=left) if left else table


def _with(table: Table, name: str, simple: dict[str, str | bool | Computed | None]) -> Table:
    def simpler(column: Column) -> Column:
        return replace(column, **simple) if column.name == name else column

    return replace(table, columns=tuple(map(simpler, table.columns)))
