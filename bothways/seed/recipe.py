"""The rows of one table: a maker for each column, parents for each foreign key, and no two rows with one key."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bothways.seed.makers import makers, plain_type
from bothways.seed.rules import Comparison, bounds_of, comparisons, conditions, keys, server_made

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bothways.seed.makers import Maker

_TRIES: Final = 40
_NEVER: Final = re.compile(r"deleted|revoked|archived|cancelled|locked|closed")
_SELF_SHARE: Final = 0.7
_MOST_OWN: Final = 20_000

Row = dict[str, Any]


@dataclass(slots=True)
class Recipe:
    """How rows of a table are made. A column whose values are refused gets its next maker."""

    table: sa.Table
    chance: random.Random
    first: int
    """How many rows were there before; numbers go on from it, so that nothing collides."""
    parents: Mapping[sa.ForeignKeyConstraint, Sequence[tuple[Any, ...]]]
    late: frozenset[sa.ForeignKeyConstraint]
    """Foreign keys to tables that have no rows yet: filled in afterwards."""
    dialect: sa.Dialect
    _makers: dict[str, list[Maker]] = field(default_factory=dict)
    _keys: list[tuple[str, ...]] = field(default_factory=list)
    _carriers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _seen: dict[tuple[str, ...], set[tuple[Any, ...]]] = field(default_factory=dict)
    _counts: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    _own: list[Row] = field(default_factory=list)
    _shuffled: dict[sa.ForeignKeyConstraint, list[tuple[Any, ...]]] = field(default_factory=dict)
    _rules: list[Comparison] = field(default_factory=list)
    _refers_to_itself: bool = False

    def __post_init__(self) -> None:
        referring = {c.name for f in self.table.foreign_key_constraints for c in f.columns}
        for column in self.table.columns:
            if column.name not in referring and not server_made(column):
                found = [m for m in makers(column, bounds_of(column)) if self._fits(column, m)]
                if found or not column.nullable:
                    self._makers[column.name] = found
        self._choose_carriers(referring)
        self._rules = comparisons(self.table)
        self._refers_to_itself = any(f.referred_table is self.table for f in self.table.foreign_key_constraints)

    def learn(self, connection: sa.Connection) -> None:
        """Find out which keys are taken, where there are rows already."""
        for key, seen in self._seen.items():
            seen.update(map(tuple, connection.execute(sa.select(*(self.table.c[name] for name in key)))))
        for name, group in self._carriers.items():
            if group and isinstance(plain_type(self.table.c[name].type), sa.Integer):
                columns = [self.table.c[other] for other in group]
                largest = sa.select(*columns, sa.func.max(self.table.c[name])).group_by(*columns)
                for *values, most in connection.execute(largest):
                    self._counts[name, *values] = most or 0

    def rows(self, numbers: range) -> Iterator[Row]:
        """A row for each number, as many as the keys allow."""
        for number in numbers:
            for _ in range(_TRIES):
                row = self._row(self.first + number)
                if row is not None and self._is_new(row):
                    if self._refers_to_itself and len(self._own) < _MOST_OWN:
                        self._own.append(row)
                    yield row
                    break

    def forget(self, rows: Sequence[Row]) -> None:
        """Rows that the database refused were never there."""
        refused = set(map(id, rows))
        self._own = [row for row in self._own if id(row) not in refused]
        for row in rows:
            for key, seen in self._seen.items():
                seen.discard(tuple(row[c] for c in key))
            for name, group in self._carriers.items():
                self._counts[name, *(row[other] for other in group)] -= 1

    def change(self, words: str) -> bool:
        """Take the next maker for the columns that a refusal is about; False where there is none left."""
        blamed = {c for name, text in conditions(self.table) if name and name in words for c in _names(text)}
        blamed = blamed or set(re.findall(r"\w+", words))
        changed = False
        for name in blamed & self._makers.keys():
            if len(self._makers[name]) > 1:
                del self._makers[name][0]
                changed = True
        return changed

    def most(self) -> int | None:
        """As many rows as the keys allow, None where they allow any number."""
        found = []
        for key in self._keys:
            fixed = [f for f in self.table.foreign_key_constraints if f not in self.late]
            covered = {c.name for f in fixed for c in f.columns}
            if covered >= set(key):
                found.append(_product(len(self.parents[f]) for f in fixed if {c.name for c in f.columns} & set(key)))
        return min(found, default=None)

    def _fits(self, column: sa.Column[Any], maker: Maker) -> bool:
        """Whether the column's type takes what the maker makes."""
        bind = column.type.dialect_impl(self.dialect).bind_processor(self.dialect)
        try:
            value = maker(random.Random(0), 1)  # noqa: S311
            if bind is not None:
                bind(value)
        except (ValueError, TypeError, LookupError, AttributeError):
            return False
        return True

    def _choose_carriers(self, referring: set[str]) -> None:
        """For each key the column that tells rows apart, unless they are told apart by their parents."""
        for key in sorted(tuple(sorted(k)) for k in keys(self.table)):
            columns = [self.table.c[name] for name in key]
            computed = [c for c in columns if c.computed is not None]
            if any(server_made(c) for c in columns) and not computed:
                continue
            if computed:
                # What it is computed from tells rows apart.
                sources = _names(" ".join(str(c.computed.sqltext) for c in computed if c.computed is not None))
                columns = [c for c in self.table.columns if c.name in sources and not server_made(c)]
            else:
                self._keys.append(key)
            free = [c for c in columns if c.name not in referring]
            texts = [c.name for c in free if isinstance(plain_type(c.type), sa.String)]
            numbers = [c.name for c in free if isinstance(plain_type(c.type), sa.Integer)]
            if texts or numbers:
                self._carriers[(texts or numbers)[0]] = tuple(n for n in key if n in referring)
            elif not any(isinstance(plain_type(c.type), sa.Uuid) for c in free):
                # Nothing in it differs by itself: what was given out is remembered.
                self._seen[key] = set()

    def _row(self, number: int) -> Row | None:
        row: Row = {}
        for constraint in sorted(self.table.foreign_key_constraints, key=lambda f: (-len(f.columns), str(f.name))):
            names = [c.name for c in constraint.columns]
            chosen = self._parent(constraint, number)
            if chosen is None and not all(c.nullable for c in constraint.columns):
                return None
            row.update(zip(names, chosen or [None] * len(names), strict=True))
        for name, found in self._makers.items():
            row[name] = self._value(self.table.c[name], found, number)
        for name, group in self._carriers.items():
            row[name] = self._told_apart(self.table.c[name], row, group, number)
        return self._ordered(row)

    def _value(self, column: sa.Column[Any], found: Sequence[Maker], number: int) -> Any:
        often = 0.05 if _NEVER.search(column.name) else 0.85
        if column.nullable and not column.primary_key and (not found or self.chance.random() > often):
            return None
        if not found:
            raise LookupError(column.name)
        return found[0](self.chance, number)

    def _parent(self, constraint: sa.ForeignKeyConstraint, number: int) -> tuple[Any, ...] | None:
        optional = all(c.nullable for c in constraint.columns)
        if constraint in self.late:
            return None
        if constraint.referred_table is self.table:
            return self._earlier(constraint) if self.chance.random() < _SELF_SHARE else None
        known = self.parents[constraint]
        if not known or (optional and self.chance.random() < 0.15):
            return None
        names = {c.name for c in constraint.columns}
        if any(set(key) <= names for key in self._keys):
            # One row for each parent: they come in turn.
            turn = self._shuffled.setdefault(constraint, self.chance.sample(list(known), len(known)))
            return turn[number % len(turn)]
        return self.chance.choice(known)

    def _earlier(self, constraint: sa.ForeignKeyConstraint) -> tuple[Any, ...] | None:
        names = [e.column.name for e in constraint.elements]
        if not self._own or not self._own[0].keys() >= set(names):
            return None
        row = self._own[self.chance.randrange(len(self._own) // 2 + 1)]
        return tuple(row[name] for name in names)

    def _told_apart(self, column: sa.Column[Any], row: Row, group: Sequence[str], number: int) -> Any:
        value = row.get(column.name)
        if isinstance(plain_type(column.type), sa.Integer):
            key = (column.name, *(row[name] for name in group))
            self._counts[key] += 1
            return self._counts[key] if group else number + 1
        length = getattr(plain_type(column.type), "length", None)
        tail = f"-{number + 1}"
        if value is None or _is_numbered(self._makers[column.name][0]):
            return value
        return f"{str(value)[: None if length is None else length - len(tail)]}{tail}"

    def _ordered(self, row: Row) -> Row:
        for rule in self._rules:
            less, more = row.get(rule.less), row.get(rule.more)
            if less is not None and more is not None and type(less) is type(more) and less > more:
                row[rule.less], row[rule.more] = more, less
        return row

    def _is_new(self, row: Row) -> bool:
        found = [(seen, tuple(row[c] for c in key)) for key, seen in self._seen.items() if all(c in row for c in key)]
        if any(values in seen for seen, values in found if None not in values):
            return False
        for seen, values in found:
            seen.add(values)
        return True


@lru_cache(maxsize=1024)
def _is_numbered(maker: Maker) -> bool:
    """Whether the number of a row is in the value, so that no two are the same."""
    one, other = (maker(random.Random(0), number) for number in (123_456, 123_457))  # noqa: S311
    return bool(one != other)


def _names(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _product(counts: Iterator[int]) -> int:
    total = 1
    for count in counts:
        total *= count
    return total
