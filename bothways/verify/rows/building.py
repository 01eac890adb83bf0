"""Build rows that a table should take: values by turns, then a search that changes what breaks a key or a condition."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bothways.verify.rows.conditions import Condition, hints, of_table, passes
from bothways.verify.rows.fresh import folded, fresh, tame
from bothways.verify.rows.values import candidates

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from bothways.dialects.plantable import Key, PlantableColumn, PlantableTable, Reference

Row = dict[str, Any]
SEARCH = 400
"""How many changes are tried on one row before it is given up."""
_EXTREMES = 3
_SPECIAL = 3
TAME = 40
"""How many tame values a column is offered."""


@dataclass
class Builder:
    """The rows of one table so far, and how the next one is made."""

    table: PlantableTable
    chance: random.Random
    referred: Mapping[str, list[tuple[Any, ...]]]
    """The rows to point at, by the name of the foreign key: the values of its targets."""
    given: frozenset[str] = frozenset()
    """Numbered columns that get a value all the same, because other rows must know it."""
    postponed: frozenset[str] = frozenset()
    """Foreign keys that stay empty at first."""
    conditions: tuple[Condition, ...] = ()
    pools: dict[str, list[Any]] = field(default_factory=dict)
    taken: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)
    number: int = 0
    count: int = 24
    """How many rows are wanted."""
    turns: dict[str, list[Any]] = field(default_factory=dict)
    """Each column's values in the order in which rows take them."""
    hinted: dict[str, list[Any]] = field(default_factory=dict)
    """Values that the conditions themselves name."""
    asked: set[tuple[str, str]] = field(default_factory=set)
    obstacle: str = ""
    """What the last search that failed could not keep."""
    plain: bool = False
    """Take the plainest values, because the server refuses the others for a reason that is not known."""
    sparse: bool = False
    """Leave out what may be left out: no value where NULL is possible."""
    tame: bool = False
    """Make rows that ordinary upgrades accept: no NULL where a value is possible, nothing twice, no extremes."""

    def __post_init__(self) -> None:
        self.conditions = tuple(of_table(self.table))
        self.referring = frozenset(c for r in self.table.references for c in r.columns)
        self.shared = {
            r.name: [i for i, c in enumerate(r.columns) if any(c in o.columns for o in self.table.references if o != r)]
            for r in self.table.references
        }
        self.columns = tuple(
            c
            for c in self.table.columns
            if not c.generated and (not c.automatic or c.name in self.given or c.name in self.referring)
        )
        keyed = {name for key in self.table.keys for name in key.columns}
        for column in self.columns:
            own = [c for c in self.conditions if c.columns == (column.name,)]
            asked = list(dict.fromkeys(hints(column, self.conditions, self.chance)))
            self.hinted[column.name] = asked
            pool = [*asked, *candidates(column, self.chance, indexed=column.name in keyed)]
            if self.tame:
                pool = [*tame(column, self.chance, TAME), *asked]
            allowed = [v for v in dict.fromkeys(pool) if all(passes(c, {column.name: v}) for c in own)]
            self.pools[column.name] = allowed or pool
            if column.automatic and column.name not in self.referring:
                # Far from the largest, after which the server could number no more.
                self.pools[column.name] = list(range(1, 100))
            self.turns[column.name] = [*self._fitting(column), *([None] if column.nullable and self.count > 1 else [])]
        self.offsets = {c.name: self.chance.randrange(len(self.turns[c.name])) for c in self.columns}

    def row(self, turn: int, *, fixed: Row | None = None, own: bool = False) -> Row | None:
        """One more row; ``fixed`` values are not changed, ``own``: references to this table point at the row itself.

        None where the search finds none that keeps all keys and conditions.
        """
        fixed = fixed or {}
        row: Row = {c.name: self._by_turns(c, turn) for c in self.columns}
        for reference in self.table.references:
            self._point(reference, row, turn)
        row.update(fixed)
        for _ in range(SEARCH):
            if own:
                self._point_at_itself(row)
            wrong = self._wrong(row, own=own)
            if wrong is None:
                self._keep(row)
                return row
            self._change(row, [c for c in wrong if c not in fixed] or [c for c in row if c not in fixed], fixed)
        return None

    def changed(self, row: Row, refusal: str, fixed: Row) -> Row | None:
        """A row like one that the server refused, with other values in what its answer names, or in any."""
        named = [c.columns for c in self.conditions if c.name and c.name in refusal]
        named += [k.columns for k in self.table.keys if k.name in refusal]
        suspects = {n for names in named for n in names} or {
            c for c in row if re.search(rf"\b{re.escape(c)}\b", refusal)
        }
        suspects = {s for s in suspects if s in row and s not in fixed}
        if self.plain or not suspects:
            return self.row(self.chance.randrange(1000), fixed=fixed)
        kept = {c: v for c, v in row.items() if c not in suspects}
        for name in sorted(suspects):
            if self.hinted.get(name) and self.chance.random() < 0.6:
                kept[name] = self.chance.choice(self.hinted[name])
        return self.row(self.chance.randrange(1000), fixed={**kept, **fixed})

    def refer(self, row: Row) -> None:
        """Later rows of the same table may point at this one, where its key is known."""
        for reference in self.table.references:
            targets = tuple(row.get(t) for t in reference.targets)
            if reference.table == self.table.name and targets and None not in targets:
                self.referred[reference.name].append(targets)

    def missing(self, rows: Sequence[Row]) -> Row | None:
        """A label of a choice that no row has; each is asked for once."""
        if self.tame:
            return None
        for column in self.columns:
            own = any(c.columns == (column.name,) and c.node.op == "or" for c in self.conditions)
            if column.kind == "choice" or (own and column.kind == "text"):
                for value in self.pools[column.name]:
                    mark = (column.name, value)
                    if mark not in self.asked and all(r[column.name] != value for r in rows):
                        self.asked.add(mark)
                        return {column.name: value}
        return None

    def allows(self, row: Row) -> bool:
        """Whether the conditions hold for a part of a row."""
        return all(passes(c, row) for c in self.conditions)

    def _fitting(self, column: PlantableColumn) -> list[Any]:
        """As many of a column's values as there are rows for, NULL among them; the last are the largest and longest."""
        pool, most = self.pools[column.name], max(1, self.count - _SPECIAL - column.nullable)
        return pool if len(pool) <= most else [*pool[: max(0, most - _EXTREMES)], *pool[-min(most, _EXTREMES) :]]

    def _by_turns(self, column: PlantableColumn, turn: int) -> Any:
        pool = self.pools[column.name]
        if self.sparse and column.nullable:
            return None
        if self.tame:
            return pool[turn % len(pool)]
        if self.plain:
            return None if column.nullable else pool[0]
        # Each value once, then NULL, and not in the same row for all columns.
        values = self.turns[column.name]
        return values[(turn + self.offsets[column.name]) % len(values)]

    def _point(self, reference: Reference, row: Row, turn: int | None) -> None:
        """Point at some row; at one that agrees with what other foreign keys have already chosen, where there is."""
        found = self.referred.get(reference.name, ())
        empty = [c for c in reference.columns if self.table.column(c).nullable]
        skipped = turn is None and empty and not self.tame and self.chance.random() < 0.2
        if not found or reference.name in self.postponed or skipped or (self.sparse and empty):
            row.update(dict.fromkeys(empty))
            return
        if empty and turn is not None and not self.tame and (self.plain or turn % 5 == 4):
            row.update(dict.fromkeys(empty))
            return
        if turn is not None and turn % 4 == 1:
            # Two keys of one row point at the same row now and then.
            row.update(zip(reference.columns, found[turn % len(found)], strict=True))
            return
        shared = self.shared[reference.name]
        agreeing = [t for t in found if all(row.get(reference.columns[i]) == t[i] for i in shared)] if shared else found
        some = agreeing or found
        chosen = some[turn % len(some)] if self.tame and turn is not None else self.chance.choice(some)
        row.update(zip(reference.columns, chosen, strict=True))

    def _point_at_itself(self, row: Row) -> None:
        for reference in self.table.references:
            if reference.table == self.table.name and reference.name not in self.postponed:
                row.update({c: row.get(t) for c, t in zip(reference.columns, reference.targets, strict=True)})

    def _wrong(self, row: Row, *, own: bool) -> Sequence[str] | None:
        """The columns of something that the row breaks; None where it breaks nothing."""
        for condition in self.conditions:
            if not passes(condition, row):
                self.obstacle = f"no values were found that keep the condition {condition.name}: {condition.text}"
                return condition.columns
        for reference in self.table.references:
            values = tuple(row.get(c) for c in reference.columns)
            itself = own and reference.table == self.table.name
            if None not in values and not itself and values not in self.referred.get(reference.name, ()):
                self.obstacle = f"no row of {reference.table} was found to refer to ({reference.name})"
                return reference.columns
        for column in self.columns:
            if row[column.name] is None and not column.nullable:
                self.obstacle = f"no value was found for {column.name}"
                return (column.name,)
        for key in self.table.keys:
            mark = _mark(key, row)
            if mark is not None and mark in self.taken.setdefault(key.name, set()):
                self.obstacle = f"no values were found that are not taken yet ({key.name})"
                return key.columns
        return None

    def _change(self, row: Row, wrong: Sequence[str], fixed: Row) -> None:
        names = [c for c in wrong if c in row] or list(row)
        if not names:
            return
        name = self.chance.choice(names)
        references = [r for r in self.table.references if name in r.columns]
        if references:
            self._point(self.chance.choice(references), row, None)
            row.update(fixed)
            return
        column = self.table.column(name)
        drawn = self.chance.random()
        if column.nullable and drawn < 0.1 and not self.tame:
            row[name] = None
        elif drawn < 0.6:
            row[name] = self.chance.choice(self.pools[name])
        else:
            self.number += 1
            value = fresh(column, self.number, self.chance, self.chance.choice(self.pools[name]))
            row[name] = value if value is not None else self.chance.choice(self.pools[name])

    def _keep(self, row: Row) -> None:
        for key in self.table.keys:
            mark = _mark(key, row)
            if mark is not None:
                self.taken.setdefault(key.name, set()).add(mark)

    def forget(self, row: Row) -> None:
        """The row is not in the table after all."""
        for key in self.table.keys:
            mark = _mark(key, row)
            if mark is not None:
                self.taken.setdefault(key.name, set()).discard(mark)

    def know(self, row: Row) -> None:
        """A row that was there before: its unique values are taken."""
        self._keep(row)

    def special(self, made: Sequence[Row], left: int, turn: int) -> Row | None:
        """The last rows of a table: one of NULLs, one with another's texts, and one all the same as another."""
        if self.count <= _SPECIAL:
            return None  # each of so few has to show values of its own
        if left == 3:
            return self._empty()
        if left == 2:
            return self._namesake(made[-2], turn) if len(made) > 1 else None
        return self._again(made[0]) if left == 1 else None

    def beyond_a_gap(self, turn: int) -> Row | None:
        """A row whose number is far from the others', so that rows numbered anew are seen; None without numbers."""
        numbered = [c for c in self.table.columns if c.automatic and not c.generated and c not in self.columns]
        row = self.row(turn) if numbered else None
        return None if row is None else {**row, **{c.name: min(1000, c.high) for c in numbered}}

    def _empty(self) -> Row | None:
        """A row with NULL wherever it may be."""
        nulls = {c.name: None for c in self.columns if c.nullable}
        return self.row(0, fixed=nulls) if len(nulls) > 1 and not self.tame else None

    def _namesake(self, row: Row, turn: int) -> Row | None:
        """A row with the same texts and other values else."""
        keyed = {c for key in self.table.keys for c in key.columns}
        texts = {c.name: row[c.name] for c in self.columns if c.kind == "text" and c.name not in keyed}
        return self.row(turn, fixed=texts) if texts and not self.tame else None

    def _again(self, row: Row) -> Row | None:
        """The same row once more, but for its unique columns; None where nothing would be the same."""
        if self.tame:
            return None
        keyed = {c for key in self.table.keys for c in key.columns}
        return self.row(0, fixed={c: v for c, v in row.items() if c not in keyed}) if set(row) - keyed else None


def _mark(key: Key, row: Row) -> tuple[Any, ...] | None:
    if any(c not in row for c in key.columns):
        return None
    values = tuple(row[c] for c in key.columns)
    if None in values and not key.nulls_equal:
        return None
    return tuple(map(folded, values)) if key.folded else values
