"""Rows that only a revision's new schema allows, and what its downgrade silently makes of them.

Rows planted before an upgrade never hold what the old schema forbids: a text longer than the old length, a new label,
NULL where it was forbidden. ``plant_newer`` puts such rows into the upgraded tables. A downgrade may refuse them (it
raises), or carry them; what it carries otherwise is ``lost``.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import exc

from bothways.dialects.plantable import index, planter_for
from bothways.verify.rows.planting import Work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import sqlalchemy as sa

    from bothways.dialects.plantable import Key
    from bothways.snapshot import Snapshot
    from bothways.verify.rows.building import Builder, Row
    from bothways.verify.wishes import Pair, Wish

_MOST_ROWS = 2_000

Texts = dict[str, str]
"""The values of a row as exact texts, by column."""


@dataclass(frozen=True, slots=True)
class Newer:
    """What was planted: new rows by table, in tables that both schemas have; and the pairs of those tables."""

    dialect: str
    planted: Mapping[str, int]
    pairs: Mapping[str, Pair]


@dataclass(frozen=True, slots=True)
class Held:
    """The rows of the planted tables at one moment; a table that is not there is missing."""

    tables: Mapping[str, tuple[Texts, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lost:
    """A value (or with ``column`` None a row) that a downgrade silently lost; all as exact texts."""

    table: str
    column: str | None
    row: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.column is None:
            return f"{self.row} of {self.table} is gone: the downgrade removes what only the new schema allows"
        old, new = self.before or "", self.after or ""
        cut = new[1:-1] != old[1:-1] and old[1:-1].startswith(new[1:-1]) and old[:1] in "'\""
        what = "cuts" if cut else "changes"
        return (
            f"{self.row} of {self.table}: {self.column} {_shown(old)} → {_shown(new)}: "
            f"the downgrade {what} what only the new schema allows"
        )


def plant_newer(connection: sa.Connection, after: Snapshot, wished: Iterable[Wish], seed: int = 0) -> Newer:
    """Plant what is wished for into the upgraded tables; commits nothing.

    What the server refuses is left out, in a savepoint. Equal seeds give equal rows.
    """
    work = Work(connection, planter_for(after.dialect), seed, 0, index(after).tables.keys(), plain=True)
    work.done.update(work.known)
    planted: dict[str, int] = {}
    pairs: dict[str, Pair] = {}
    for pair, some in groupby(wished, key=lambda wish: wish.pair):
        count = _fill(work, pair, list(some))
        if count:
            planted[pair.after.name], pairs[pair.after.name] = count, pair
    return Newer(after.dialect, planted, pairs)


def _fill(work: Work, pair: Pair, wished: list[Wish]) -> int:
    builder = work.builder(pair.after, random.Random(f"{work.seed}:{pair.after.name}:newer"))  # noqa: S311
    work.know(builder)
    made = [_insert(work, builder, n, {w.column: w.value}) is not None for n, w in enumerate(wished) if w.column]
    twins = [_twins(work, builder, len(wished) + 2 * n, w.twins) for n, w in enumerate(wished) if w.twins is not None]
    return sum(made) + sum(twins)


def _twins(work: Work, builder: Builder, turn: int, key: Key) -> int:
    """Two rows that the key kept apart; where it, or another, is for some rows only, flags may decide for which."""
    if any(all(c.name != name for c in builder.columns) for name in key.columns):
        return 0
    flags = [c.name for c in builder.columns if c.kind == "boolean" and c.name not in key.columns]
    made = 0
    for flag in (None, True, False) if flags else (None,):
        fixed = {} if flag is None else dict.fromkeys(flags, flag)
        first = _insert(work, builder, turn, fixed)
        same = {} if first is None else {n: _alike(first[n]) if key.folded else first[n] for n in key.columns}
        if first is None or None in same.values():
            continue
        made += 1
        twin = builder.row(turn + 1, fixed=fixed)
        # Only the server knows for which rows a key is, so it is asked.
        made += twin is not None and work.attempt(work.insert(builder.table, [{**twin, **same}])) is None
    return made


def _alike(value: Any) -> Any:
    return value.swapcase() if isinstance(value, str) else value


def _insert(work: Work, builder: Builder, turn: int, fixed: Row) -> Row | None:
    row = builder.row(turn, fixed=fixed)
    if row is None:
        return None
    if work.attempt(work.insert(builder.table, [row])) is None:
        return row
    builder.forget(row)
    return None


def read_newer(connection: sa.Connection, newer: Newer) -> Held:
    """The rows of the planted tables as they are now; a table that is not there is left out."""
    planter = planter_for(newer.dialect)
    found: dict[str, tuple[Texts, ...]] = {}
    for name in newer.planted:
        try:
            with connection.begin_nested():
                rows = planter.rows(connection, name, _MOST_ROWS)
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            continue
        found[name] = tuple({str(c): _exact(v) for c, v in row.items()} for row in rows)
    return Held(found)


def lost(newer: Newer, held: Held, after_down: Held, after_up: Held) -> tuple[Lost, ...]:
    """What the rows held after the upgrade have lost after the downgrade and still lack after upgrading again.

    A column whose type the revision changed is compared in the new schema only. A column or a table of which only one
    schema knows is not compared: its values cannot survive.
    """
    found: list[Lost] = []
    for name, pair in newer.pairs.items():
        three = [moment.tables.get(name, ()) for moment in (held, after_down, after_up)]
        found += _by_key(name, pair, *three) if pair.key else _by_values(name, pair, *three)
    return tuple(found)


def _by_key(
    name: str, pair: Pair, held: tuple[Texts, ...], down: tuple[Texts, ...], up: tuple[Texts, ...]
) -> Iterator[Lost]:
    downs, ups = ({_identity(pair, row): row for row in rows} for rows in (down, up))
    for row in held:
        identity = _identity(pair, row)
        between, again = downs.get(identity), ups.get(identity)
        words = "row " + ", ".join(f"{c}={row[c]}" for c in pair.key)
        if again is None:
            if between is None:
                yield Lost(name, None, words, _row(pair, row), None)
            continue
        for column in sorted(pair.common & row.keys() & again.keys()):
            kept = column in pair.same and between is not None and between.get(column) == row[column]
            if again[column] != row[column] and not kept:
                yield Lost(name, column, words, row[column], again[column])


def _identity(pair: Pair, row: Texts) -> tuple[str | None, ...]:
    return tuple(row.get(c) for c in pair.key)


def _by_values(
    name: str, pair: Pair, held: tuple[Texts, ...], down: tuple[Texts, ...], up: tuple[Texts, ...]
) -> Iterator[Lost]:
    """Without a key a row is its values: each must be there as often as it was."""
    same, common = sorted(pair.same), sorted(pair.common)
    left = [Counter(_values(row, c) for row in rows) for rows, c in ((down, same), (up, same), (up, common))]
    for row in held:
        missing = []
        for counter, columns in zip(left, (same, same, common), strict=True):
            values = _values(row, columns)
            counter[values] -= 1
            missing.append(counter[values] < 0)
        changed = len(common) > len(same) and missing[2] and not missing[1]
        if (missing[0] and missing[1]) or changed:
            yield Lost(name, None, f"row ({_row(pair, row)})", _row(pair, row), None)


def _values(row: Texts, columns: list[str]) -> tuple[str | None, ...]:
    return tuple(row.get(c) for c in columns)


def _row(pair: Pair, row: Texts) -> str:
    return ", ".join(f"{c} {_shown(row[c])}" for c in sorted(pair.common & row.keys()))


def _exact(value: Any) -> str:
    """A value such that equal values have equal texts: 1.50 is 1.5."""
    if isinstance(value, Decimal) and value.is_finite():
        return format(value.normalize() + 0, "f")
    return repr(value)


def _shown(text: str) -> str:
    if text[:1] in {"'", '"'} and len(text) > 22:
        return f"{text[:11]}…{text[-1]} ({len(text) - 2} characters)"
    return text if len(text) <= 60 else text[:57] + "…"
