"""One table of MySQL or MariaDB that changes, with what becomes of its rows: filled, kept beside it, given back."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from bothways.code import call, sql
from bothways.dialects.drafting.mysql_cautions import Cautions
from bothways.dialects.drafting.mysql_statements import (
    alter_table,
    clauses,
    create_lines,
    literal,
    name_of,
    plain,
    statement,
    update,
    with_history,
)
from bothways.dialects.drafting.mysql_types import becomes, incompatible, outcome
from bothways.dialects.plantable import labels
from bothways.operations import LONGEST_MARK, SIDE, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bothways.code import Code
    from bothways.dialects.drafting.mysql_tables import Column, Table
    from bothways.operations import Hints

_PREFIX = re.compile(r"`\(\d+\)")
_LENGTH = re.compile(r"^(?:var)?(?:char|binary)\((\d+)\)")
_MOMENTS = {"date": "'1970-01-01'", "datetime": "'1970-01-01 00:00:00'", "timestamp": "'1970-01-01 00:00:01'"}
_LONGEST = 64 - LONGEST_MARK


@dataclass(frozen=True)
class Alteration:
    """Both sides of one table."""

    old: Table
    new: Table
    hints: Hints

    def step(self) -> Step:
        """All that happens to it, there and back."""
        refused = [name for name in self._refused if name not in self._kept]
        return Step(
            f"change {self.new.key}: {self._says()}",
            (*self._keep(), *with_history(self.old, tuple(self._there())), *self._remember()),
            (*with_history(self.new, tuple(self._back())), *self._forget()),
            lossy={**self._history(), **{self.old.column_key(name): why for name, why in self._lossy()}},
            cautions=tuple(Cautions(self.old, self.new, self.hints, refused).told()),
        )

    def _says(self) -> str:
        old, new = self.old, self.new
        parts = [f"add {n}" for n in new.columns if n not in old.columns]
        parts += [f"drop {n}" for n in old.columns if n not in new.columns]
        parts += [f"change {n}" for n, c in new.columns.items() if n in old.columns and c.same != old.columns[n].same]
        for what, was, now in (("key", old.keys, new.keys), ("check", old.conditions, new.conditions)):
            parts += [f"{what} {n}" for n in sorted(was.keys() | now.keys()) if was.get(n) != now.get(n)]
        return ", ".join(parts) or "its options"

    # What is lost, and what of it is kept.

    @cached_property
    def _lost(self) -> dict[str, str]:
        """Columns whose values the way up loses, and why."""
        found: dict[str, str] = {}
        for name, column in self.old.columns.items():
            if column.generated is None and (why := self._loss(column, self.new.columns.get(name))):
                found[name] = why
        return found

    def _history(self) -> dict[str, str]:
        gone = self.old.versioned and not self.new.versioned
        return {self.old.key: "The history of the rows is gone with their versioning."} if gone else {}

    def _loss(self, old: Column, new: Column | None) -> str:
        if new is None:
            return "The values of the column are gone with it."
        if new.generated:
            return "The values are computed from then on."
        if incompatible(old.type, new.type):
            return f"No {becomes(old)} becomes {becomes(new)}, so the values are gone."
        if outcome(old, new) == "altered":
            return f"A value of {becomes(old)} may become another as {becomes(new)}."
        return "Where there was no value one is filled in." if self._filled_null(old, new) else ""

    def _filled_null(self, old: Column, new: Column) -> bool:
        return old.nullable and not new.nullable and self._hint(new.name) is not None

    @cached_property
    def _refused(self) -> list[str]:
        """Columns of which the server refuses some values."""
        both = [(c, self.new.columns[n]) for n, c in self.old.columns.items() if n in self.new.columns]
        return [c.name for c, new in both if not c.generated and not new.generated and outcome(c, new) == "refused"]

    @cached_property
    def _kept(self) -> list[str]:
        """Columns whose values go to the side table."""
        if not self.hints.keep_data or not self._keyed():
            return []
        fitted = [n for n in self._refused if self._fitted(n)]
        return [n for n in self.old.columns if (n in self._lost or n in fitted) and n not in self.old.primary]

    def _keyed(self) -> bool:
        """Whether rows can be found again by a primary key whose values stay."""
        key, line = self.old.primary, self.old.keys.get("PRIMARY", "")
        pairs = [(self.old.columns.get(n), self.new.columns.get(n)) for n in key]
        return bool(key) and not _PREFIX.search(line) and all(a and b and _same_values(a, b) for a, b in pairs)

    def _lossy(self) -> Iterator[tuple[str, str]]:
        for name, old in self.old.columns.items():
            new = self.new.columns.get(name)
            if name in self._lost and name not in self._kept:
                yield name, self._lost[name]
            elif new is None or name in self._kept:
                continue
            elif old.generated and not new.generated:
                yield name, "The values given from then on are computed again on the way back."
            elif not new.generated and outcome(new, old) == "altered":
                yield name, f"A value of {becomes(new)} may become another as {becomes(old)} on the way back."

    # The way up.

    def _hint(self, name: str) -> str | None:
        return self.hints.backfill.get(f"column:{self.new.column_key(name)}")

    def _there(self) -> Iterator[Code]:
        relaxed, fills = _computed(self.old, self.new)
        for name, new in self.new.columns.items():
            old, expression = self.old.columns.get(name), self._hint(name)
            if expression is None or new.generated:
                continue
            if old is None:
                relaxed[name] = new.relaxed()
                fills.append(update(self.new, {name: expression}))
            elif self._filled_null(old, new):
                fills.append(update(self.old, {name: expression}, f"{name_of(name)} IS NULL"))
        fills += [update(self.old, *fitting) for n in self._kept if n in self._refused and (fitting := self._fitted(n))]
        yield from _staged(self.old, self.new, relaxed, fills)

    def _fitted(self, name: str) -> tuple[dict[str, str], str] | None:
        """How values that do not fit are made to fit, where that can be said."""
        old, new, quoted = self.old.columns[name], self.new.columns[name], name_of(name)
        length = _LENGTH.match(new.type)
        if length and not old.type.startswith(("enum", "set")):
            return {name: f"LEFT({quoted}, {length[1]})"}, f"CHAR_LENGTH({quoted}) > {length[1]}"
        if old.type.startswith("enum(") and new.type.startswith("enum("):
            gone = [label for label in labels(old.type) if label not in labels(new.type)]
            given = self._hint(name) or ("NULL" if new.nullable else literal(labels(new.type)[0]))
            return {name: given}, f"{quoted} IN ({', '.join(map(literal, gone))})"
        return None

    # What is kept.

    @property
    def _side(self) -> str:
        return side_table(self.old.name, self._kept)

    def _given(self, name: str) -> str:
        return f"{name[: _LONGEST - 6]}_given"

    @property
    def _stays(self) -> list[str]:
        return [n for n in self._kept if n in self.new.columns]

    def _keep(self) -> Iterator[Code]:
        if not self._kept:
            return
        key = self.old.primary
        lines = [_bare(self.old.columns[n], n) for n in (*key, *self._kept)]
        lines += [_bare(self.new.columns[n], self._given(n)) for n in self._stays]
        lines.append(f"PRIMARY KEY ({_names(key)})")
        yield create_lines(f"CREATE TABLE IF NOT EXISTS {name_of(self._side)}", lines, "ENGINE=InnoDB")
        columns = _names((*key, *self._kept))
        yield statement(
            f"REPLACE INTO {name_of(self._side)} ({columns})", f"SELECT {columns} FROM {name_of(self.old.name)}"
        )

    def _remember(self) -> Iterator[Code]:
        """What became of the kept values, so that the way back leaves alone what has changed since."""
        if self._stays:
            table = name_of(self.new.name)
            pairs = [f"kept.{name_of(self._given(n))} = {table}.{name_of(n)}" for n in self._stays]
            yield statement(
                f"UPDATE {name_of(self._side)} AS kept JOIN {table} ON {self._on()}", f"SET {', '.join(pairs)}"
            )

    def _on(self) -> str:
        table = name_of(self.new.name)
        return " AND ".join(f"kept.{name_of(n)} = {table}.{name_of(n)}" for n in self.old.primary)

    # The way down.

    def _back(self) -> Iterator[Code]:
        relaxed, fills = _computed(self.new, self.old)
        relaxed |= {n: self.old.columns[n].relaxed() for n in self._kept}
        if self._kept:
            join = f" JOIN {name_of(self._side)} AS kept ON {self._on()}"
            fills.append(update(self.old, {n: self._restored(n) for n in self._kept}, join=join))
        for name, column in self.old.columns.items():
            value = _MOMENTS.get(column.type.partition("(")[0])
            if name not in self.new.columns and not column.nullable and value and " DEFAULT " not in column.line:
                relaxed[name] = column.relaxed()
                fills.append(update(self.old, {name: value}, f"{name_of(name)} IS NULL"))
        yield from _staged(self.new, self.old, relaxed, fills)

    def _restored(self, name: str) -> str:
        kept = f"kept.{name_of(name)}"
        if name not in self._stays:
            return kept
        now = f"{name_of(self.old.name)}.{name_of(name)}"
        return f"IF({now} <=> kept.{name_of(self._given(name))}, {kept}, {now})"

    def _forget(self) -> Iterator[Code]:
        if self._kept:
            yield call("op.drop_table", self._side)


def side_table(table: str, columns: list[str]) -> str:
    """The name of the table that keeps what goes; snapshots never see it."""
    name = SIDE + "_".join((table, *columns))
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _same_values(old: Column, new: Column) -> bool:
    """Whether a key's values are the same as its new type, if they are not refused, and can be compared."""
    if old.facts.get("collation") != new.facts.get("collation") or bool(old.generated) != bool(new.generated):
        return False
    return old.type == new.type or (not incompatible(old.type, new.type) and outcome(old, new) != "altered")


def _computed(old: Table, new: Table) -> tuple[dict[str, Column], list[Code]]:
    """Columns that are computed no more and begin anew, with the values that they had."""
    both = [(c, new.columns[n]) for n, c in old.columns.items() if n in new.columns]
    found = [(c, now) for c, now in both if c.generated == "VIRTUAL" and not now.generated]
    fills: list[Code] = [update(new, {c.name: plain(c.expression)}) for c, _ in found]
    return {c.name: now.relaxed() for c, now in found}, list(_unchecked(fills)) if fills else []


def _unchecked(fills: Sequence[Code]) -> Iterator[Code]:
    """Fill columns with what their virtual forms showed: of a value that doesn't fit the type, as much as fits."""
    yield sql("SET @bothways_sql_mode = @@sql_mode, sql_mode = ''")
    yield from fills
    yield sql("SET sql_mode = @bothways_sql_mode")


def _staged(old: Table, new: Table, columns: Mapping[str, Column], fills: list[Code]) -> Iterator[Code]:
    """One statement, or two with the filling of these columns between them."""
    middle = replace(old, columns=_with(old, new, columns)) if fills else old
    yield from alter_table(new.name, clauses(old, middle))
    yield from fills
    yield from alter_table(new.name, clauses(middle, new))
    if old.settings.get("ENGINE") == "Aria" != new.settings.get("ENGINE"):
        # MariaDB takes over Aria's own default, and forgets it in a statement of its own only.
        yield from alter_table(new.name, ["PAGE_CHECKSUM=DEFAULT"])


def _with(old: Table, new: Table, columns: Mapping[str, Column]) -> dict[str, Column]:
    """The old table's columns with these among them, each new one where the new table has it."""
    order = list(old.columns)
    names = list(new.columns)
    for at, name in enumerate(names):
        if name in columns and name not in order:
            before = [n for n in names[:at] if n in order]
            order.insert(order.index(before[-1]) + 1 if before else 0, name)
    return {n: columns.get(n) or old.columns[n] for n in order}


def _bare(column: Column, name: str) -> str:
    collation = column.facts.get("collation")
    return f"{name_of(name)} {column.type}" + (f" COLLATE {collation}" if collation else "")


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(map(name_of, names))
