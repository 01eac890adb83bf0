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
from typing import TYPE_CHECKING, Any

from sqlalchemy import exc

from bothways.dialects.plantable import index, planter_for, read_tables
from bothways.verify.rows.conditions import hints, of_table, passes
from bothways.verify.rows.planting import Work
from bothways.verify.rows.values import candidates, fits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import sqlalchemy as sa

    from bothways.dialects.plantable import PlantableColumn, PlantableTable
    from bothways.snapshot import Snapshot
    from bothways.verify.rows.building import Builder, Row

_MOST_NEW = 2
_MOST_VALUES = 4
"""Values that are tried for each column."""
_LONGEST = 100_000  # a LONGTEXT would take four gigabytes
_MOST_ROWS = 2_000
_PRIMARY = frozenset({"primary key", "PRIMARY"})

Texts = dict[str, str]
"""The values of a row as exact texts, by column."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A table as it is before and after the upgrade."""

    before: PlantableTable
    after: PlantableTable

    @property
    def same(self) -> frozenset[str]:
        """The columns that have one type in both schemas."""
        old = {c.name: c.type for c in self.before.columns}
        return frozenset(c.name for c in self.after.columns if old.get(c.name) == c.type)

    @property
    def common(self) -> frozenset[str]:
        """The columns that both schemas have."""
        return frozenset(c.name for c in self.before.columns) & {c.name for c in self.after.columns}

    @property
    def key(self) -> tuple[str, ...]:
        """The primary key, where it is the same in both and its columns' types too; else nothing."""
        old, new = (_primary(t) for t in (self.before, self.after))
        return old if old == new and set(old) <= self.same else ()


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


def plant_newer(
    connection: sa.Connection, before: Snapshot, after: Snapshot, tables: Collection[str], seed: int = 0
) -> Newer:
    """Plant rows that ``before`` forbids into those of the tables that both schemas have; commits nothing.

    Call it after the upgrade. What the server refuses is left out, in a savepoint. Equal seeds give equal rows.
    """
    work = Work(connection, planter_for(after.dialect), seed, 0, index(after).tables.keys(), plain=True)
    work.done.update(work.known)
    old = {t.name: t for t in read_tables(before, tables)}
    planted: dict[str, int] = {}
    pairs: dict[str, Pair] = {}
    for table in read_tables(after, tables):
        if table.name in old:
            pair = Pair(old[table.name], table)
            count = _fill(work, pair)
            if count:
                planted[table.name], pairs[table.name] = count, pair
    return Newer(after.dialect, planted, pairs)


def _fill(work: Work, pair: Pair) -> int:
    wishes = list(_wishes(pair, random.Random(f"{work.seed}:{pair.after.name}:newer")))  # noqa: S311
    doubled = [k.columns for k in pair.before.keys if k.columns not in {o.columns for o in pair.after.keys}]
    if not wishes and not doubled:
        return 0
    builder = work.builder(pair.after, random.Random(f"{work.seed}:{pair.after.name}:newer"))  # noqa: S311
    work.know(builder)
    made = [row for turn, wish in enumerate(wishes) if (row := _insert(work, builder, turn, wish))]
    for columns in doubled:
        if all(any(c.name == n for c in builder.columns) for n in columns):
            first = _insert(work, builder, len(made), {})
            twin = _insert(work, builder, len(made) + 1, {n: first[n] for n in columns}) if first else None
            made += [row for row in (first, twin) if row]
    return len(made)


def _insert(work: Work, builder: Builder, turn: int, wish: Row) -> Row | None:
    row = builder.row(turn, fixed=wish)
    if row is None:
        return None
    if work.attempt(work.insert(builder.table, [row])) is None:
        return row
    builder.forget(row)
    return None


def _wishes(pair: Pair, chance: random.Random) -> Iterator[Row]:
    """Values that the old schema forbids, one a row."""
    old = {c.name: c for c in pair.before.columns}
    texts = {text for _, text in pair.after.conditions}
    fallen = [c for c in of_table(pair.before) if c.text not in texts]
    standing = tuple(of_table(pair.after))
    free = {c for r in pair.before.references if r not in pair.after.references for c in r.columns}
    for column in pair.after.columns:
        was = old.get(column.name)
        if was is None and not column.generated:
            # A downgrade that drops the column may choose by its values which rows it keeps.
            yield from ({column.name: v} for v in candidates(column, chance)[:_MOST_NEW] if fits(column, v))
        if was is None or column.generated:
            continue
        if column.nullable and not was.nullable:
            yield {column.name: None}
        own = [c for c in fallen if c.columns == (column.name,)]
        kept = [c for c in standing if c.columns == (column.name,)]
        asked = hints(column, [*fallen, *standing], chance)
        pool = [*_beyond(was), *sorted([*asked, *candidates(column, chance)], key=_size)]
        forbidden = [
            v
            for v in dict.fromkeys(pool)
            if fits(column, v)
            and all(passes(c, {column.name: v}) for c in kept)
            and (_outside(was, column, v) or column.name in free or any(not passes(c, {column.name: v}) for c in own))
        ]
        yield from ({column.name: v} for v in forbidden[:_MOST_VALUES])


def _beyond(was: PlantableColumn) -> Iterator[Any]:
    """Values just outside of what a column takes."""
    if was.kind == "text" and was.length is not None and was.length <= _LONGEST:
        yield "abcdefghij" * (was.length // 10 + 3)
        yield "n" * (was.length + 1)
    elif was.kind == "integer":
        yield from (was.high + 1, was.low - 1)
    elif was.kind == "decimal" and was.length is not None:
        yield Decimal(1) + Decimal(1).scaleb(-was.scale - 1)
        yield Decimal(10) ** (was.length - was.scale)


def _outside(was: PlantableColumn, column: PlantableColumn, value: Any) -> bool:
    """Whether a value of a column would not have been one of the column as it was."""
    if was.type == column.type and was.labels == column.labels:
        return False
    if was.kind in {"boolean", "binary", "array", "bits", "uuid", "json", "samples", "set", "time", "datetime"}:
        return was.kind != column.kind
    return not fits(was, value)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str) else 0


def read_newer(connection: sa.Connection, newer: Newer) -> Held:
    """The rows of the planted tables as they are now; a table that is not there is left out."""
    planter = planter_for(newer.dialect)
    found: dict[str, tuple[Texts, ...]] = {}
    for name in newer.planted:
        statement = f"select * from {planter.qualified(name)}"  # noqa: S608
        try:
            with connection.begin_nested():
                result = connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
                rows = result.mappings().fetchmany(_MOST_ROWS)
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


def _primary(table: PlantableTable) -> tuple[str, ...]:
    return next((k.columns for k in table.keys if k.name in _PRIMARY), ())


def _exact(value: Any) -> str:
    """A value such that equal values have equal texts: 1.50 is 1.5."""
    if isinstance(value, Decimal) and value.is_finite():
        return format(value.normalize() + 0, "f")
    return repr(value)


def _shown(text: str) -> str:
    if text[:1] in {"'", '"'} and len(text) > 22:
        return f"{text[:11]}…{text[-1]} ({len(text) - 2} characters)"
    return text if len(text) <= 60 else text[:57] + "…"
