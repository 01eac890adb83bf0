"""Fill the tables of a database with rows that were made from its snapshot."""

from __future__ import annotations

import random
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import exc

from bothways.dialects.plantable import Planter, Reference, index, planter_for, read_tables
from bothways.verify.rows.building import Builder, Row
from bothways.verify.rows.circles import plant_circle
from bothways.verify.rows.order import in_order, must_point

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    import sqlalchemy as sa

    from bothways.dialects.plantable import PlantableTable
    from bothways.snapshot import Snapshot

TRIES = 8
"""How often a row that the server refused is changed and tried again."""
_MOST_LABELS = 64
_MOST_REFUSED = 4
_MOST_KNOWN = 5000
_MOST_REFERRED = 200
_COMPARED = frozenset({"boolean", "choice", "date", "decimal", "integer", "text", "uuid"})


@dataclass(frozen=True, slots=True)
class Planting:
    """What was planted: new rows by table, and why a table stayed empty. Every ordinary table is in one of both."""

    planted: Mapping[str, int]
    failed: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """The planting as JSON-ready data."""
        return {"planted": dict(self.planted), "failed": dict(self.failed)}


def plant(
    connection: sa.Connection,
    snapshot: Snapshot,
    *,
    seed: int = 0,
    rows: int = 24,
    tables: Collection[str] | None = None,
    plain: bool = False,
    sparse: bool = False,
) -> Planting:
    """Add up to ``rows`` rows to every ordinary table of a snapshot of this database; more where an enum needs them.

    ``tables`` are the only ones to fill (with their partitions), by their names in the snapshot; others are referred
    to as they are, and the time depends on the named ones only. ``plain`` rows are such as ordinary upgrades accept: no
    NULL where a value is possible, nothing twice in a column, short values of no extreme; ``sparse`` ones have NULL
    wherever it is possible.

    Works in the caller's transaction, with savepoints for what the server may refuse, and commits nothing. Rows that
    are there already stay and are referred to. The same seed on equal databases gives equal rows. A table that
    stays empty is in ``failed`` with the reason. Raises what a lost connection raises.
    """
    known = index(snapshot).tables
    chosen = read_tables(snapshot, tables)
    work = Work(connection, planter_for(snapshot.dialect), seed, rows, known.keys(), plain, sparse)
    if tables is not None:
        work.done.update(known.keys() - {t.name for t in chosen} - {t.parent for t in chosen})
    for statement in work.planter.insisting:  # at the commit nobody could change a row any more that a key refuses
        work.execute(statement)
    for group in in_order(chosen):
        work.fill(group[0]) if len(group) == 1 else plant_circle(work, group)
        work.done.update(name for t in group for name in (t.name, t.parent or t.name))
    for table, references in work.later:
        work.point(table, references)
    return Planting(work.planted, work.failed)


@dataclass
class Work:
    """One planting under way."""

    connection: sa.Connection
    planter: Planter
    seed: int
    rows: int
    known: AbstractSet[str]
    """All tables that can be read."""
    plain: bool = False
    sparse: bool = False
    planted: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    later: list[tuple[PlantableTable, list[Reference]]] = field(default_factory=list)

    def execute(self, statement: str) -> sa.CursorResult[Any]:
        """Run one statement as it stands: a percent sign means nothing."""
        return self.connection.exec_driver_sql(statement, execution_options={"no_parameters": True})

    def attempt(self, *statements: str) -> str | None:
        """Run statements in a savepoint; what the server says where it refuses one, and then none has run."""
        try:
            # Where a statement that fails leaves nothing behind, one needs no savepoint.
            alone = len(statements) == 1 and self.planter.undone
            with nullcontext() if alone else self.connection.begin_nested():
                for statement in statements:
                    self.execute(statement)
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            return str(error.orig).rpartition(">: ")[2].strip() or type(error.orig).__name__
        return None

    def fill(self, table: PlantableTable, *, promised: Mapping[str, Sequence[Row]] | None = None) -> None:
        """Fill one table; of a circle's tables ``promised`` has the keys that their first rows must have."""
        chance = random.Random(f"{self.seed}:{table.name}")  # noqa: S311 - rows, not secrets
        builder = self.builder(table, chance, promised or {})
        existing = self.know(builder)
        labels = [] if self.plain else [len(c.labels) + 1 for c in builder.columns if c.kind == "choice"]
        count = max(self.rows, *(min(n, _MOST_LABELS) for n in labels), 1)
        fixed = list((promised or {}).get(table.name, ()))
        made = list(self._make(builder, count, fixed, own=not promised))
        refusal = self.attempt(self.insert(table, made)) if made else builder.obstacle
        added = len(made) if refusal is None else 0
        if refusal is not None and made:
            added, refusal = self._one_by_one(builder, made, fixed)
        if added > 1 and (far := builder.beyond_a_gap(count)) is not None:
            added += self.attempt(self.insert(table, [far])) is None
        if added or existing:
            self.planted[table.name] = added
        else:
            self.failed[table.name] = refusal or "no row could be made"
        if builder.postponed and added:
            self.later.append((table, [r for r in table.references if r.name in builder.postponed]))

    def builder(
        self, table: PlantableTable, chance: random.Random, promised: Mapping[str, Sequence[Row]] | None = None
    ) -> Builder:
        """Who makes the table's rows, with those to refer to; of keys taken from each other none could be promised."""
        promised = promised or {}
        referred: dict[str, list[tuple[Any, ...]]] = {}
        postponed, given = set[str](), set[str]()
        for reference in table.references:
            rows = list(self.referred(table, reference))
            if reference.table in promised:
                known = [r for r in promised[reference.table] if {*reference.targets} <= r.keys()]
                rows = [tuple(r[t] for t in reference.targets) for r in known]
            elif reference.table == table.name and must_point(table, reference):
                given.update(reference.targets)
            elif reference.table not in self.done:
                postponed.add(reference.name)
            referred[reference.name] = rows
        given.update(c for row in promised.get(table.name, ()) for c in row)
        parts = table, chance, referred, frozenset(given), frozenset(postponed)
        return Builder(*parts, count=self.rows, tame=self.plain, sparse=self.sparse)

    def referred(self, table: PlantableTable, reference: Reference) -> Iterator[tuple[Any, ...]]:
        """The rows that a foreign key can point at, in an order that does not depend on the server."""
        if not reference.targets:
            return
        columns = [replace(table.column(c), name=t) for c, t in zip(reference.columns, reference.targets, strict=True)]
        names = " and ".join(f"{self.planter.quoted(t)} is not null" for t in reference.targets)
        listed = ", ".join(map(self.planter.readable, columns))
        statement = f"select {listed} from {self.planter.qualified(reference.table)} where {names}"  # noqa: S608
        if reference.table not in self.known:
            return  # such as a table of ours, which no snapshot has: what must point there can't be made
        found = self.execute(statement).fetchmany(_MOST_REFERRED)
        read = {tuple(self.planter.read(c, v) for c, v in zip(columns, row, strict=True)) for row in found}
        yield from sorted(read, key=repr)

    def know(self, builder: Builder) -> bool:
        """Tell the builder which unique values are taken; whether the table has rows."""
        table = builder.table
        names = {c for key in table.keys for c in key.columns}
        columns = [c for c in table.columns if c.name in names]
        listed = ", ".join(["1", *map(self.planter.readable, columns)])
        statement = f"select {listed} from {self.planter.qualified(table.name)}"  # noqa: S608
        found = self.execute(statement).fetchmany(_MOST_KNOWN)
        for row in found:
            values = zip(columns, tuple(row)[1:], strict=True)
            builder.know({c.name: self.planter.read(c, v) for c, v in values})
        return bool(found)

    def _make(self, builder: Builder, count: int, fixed: Sequence[Row], *, own: bool) -> Iterator[Row]:
        """Rows until there are enough, or until several turns in a row gave none."""
        refused = 0
        made: list[Row] = []
        itself = own and any(
            r.table == builder.table.name and r.name not in builder.postponed for r in builder.table.references
        )
        for turn in range(count):
            wanted = fixed[turn] if turn < len(fixed) else builder.missing(made) if 2 * turn >= count else None
            special = builder.special(made, count - turn, turn) if made and wanted is None else None
            row = special or builder.row(turn, fixed=wanted, own=itself and not made)
            if row is None:
                refused += 1
                if refused == _MOST_REFUSED:
                    return
                continue
            made.append(row)
            builder.refer(row)
            yield row

    def insert(self, table: PlantableTable, rows: Sequence[Row]) -> str:
        """The statement that inserts rows, all with the same columns."""
        name = self.planter.qualified(table.name)
        columns = [table.column(c) for c in rows[0]]
        if not columns:
            return self.planter.empty_row(name)
        listed = ", ".join(self.planter.quoted(c.name) for c in columns)
        values = (", ".join(self.planter.literal(c, row[c.name]) for c in columns) for row in rows)
        return f"insert into {name} ({listed}) values " + ", ".join(f"({v})" for v in values)  # noqa: S608

    def _one_by_one(self, builder: Builder, rows: Sequence[Row], fixed: Sequence[Row]) -> tuple[int, str | None]:
        """Each row alone, changed where the server refuses it; how many got in, and the last refusal."""
        added, last, hopeless = 0, None, 0
        for turn, row in enumerate(rows):
            kept = fixed[turn] if turn < len(fixed) else {}
            refusal = self._with_changes(builder, row, kept)
            if refusal is None:
                added += 1
                hopeless = 0
                continue
            last = refusal
            hopeless += 1
            if hopeless == _MOST_REFUSED:
                break
        return added, last

    def _with_changes(self, builder: Builder, row: Row, fixed: Row) -> str | None:
        tried: Row | None = row
        refusal: str | None = None
        for attempt in range(TRIES):
            if tried is not None:
                said = self.attempt(self.insert(builder.table, [tried]))
                if said is None:
                    return None
                refusal = said
                builder.forget(tried)
            # What the server names is changed first; when that does not help everything is as plain as it can be.
            builder.plain = attempt >= TRIES // 2
            tried = builder.changed(tried or row, refusal or "", fixed)
        builder.plain = False
        if tried is not None:
            builder.forget(tried)
        return refusal

    def point(self, table: PlantableTable, references: Sequence[Reference]) -> None:
        """Fill foreign keys that had to stay empty while their rows were not there: in two of three rows.

        Where nothing tells rows apart they are filled in all of them.
        """
        chance = random.Random(f"{self.seed}:{table.name}:later")  # noqa: S311
        columns = _telling(table, references)
        identity = Reference("", columns, table.name, columns)
        builder = self.builder(table, chance, {})
        rows = sorted(self.referred(table, identity), key=repr) or [()]
        for reference in references:
            targets = list(self.referred(table, reference))
            for row in rows if targets else ():
                if not row or row is rows[0] or chance.random() < 2 / 3:
                    known = dict(zip(columns, row, strict=bool(row)))
                    itself = row is rows[0] and reference.table == table.name and known.keys() >= set(reference.targets)
                    some = [tuple(known[t] for t in reference.targets)] if itself else targets
                    self._point_one(builder, known, reference, some)

    def _point_one(self, builder: Builder, row: Row, reference: Reference, targets: Sequence[tuple[Any, ...]]) -> None:
        for _ in range(3):
            chosen = dict(zip(reference.columns, builder.chance.choice(targets), strict=True))
            fixed = [c for c in chosen if c in row and row[c] != chosen[c]]
            if (
                not fixed
                and builder.allows({**row, **chosen})
                and self.attempt(self._update(builder, row, chosen)) is None
            ):
                return

    def _update(self, builder: Builder, row: Row, chosen: Row) -> str:
        table, quoted = builder.table, self.planter.quoted
        # A column that the server renews would get the time of now, which is never the same twice.
        kept = [f"{quoted(c.name)} = {quoted(c.name)}" for c in table.columns if c.renewed and c.name not in chosen]
        sets = [f"{quoted(c)} = {self.planter.literal(table.column(c), v)}" for c, v in chosen.items()]
        where = [f"{quoted(c)} = {self.planter.literal(table.column(c), v)}" for c, v in row.items()]
        return (
            f"update {self.planter.qualified(table.name)} set {', '.join([*sets, *kept])} "  # noqa: S608
            f"where {' and '.join(where) or '1 = 1'}"
        )


def _telling(table: PlantableTable, references: Sequence[Reference]) -> tuple[str, ...]:
    """The columns that tell rows apart: a key's; without one a column whose values are easily compared, if any."""
    for key in table.keys:
        if not any(table.column(c).nullable for c in key.columns):
            return key.columns
    referring = {c for r in references for c in r.columns}
    return tuple(c.name for c in table.columns if c.kind in _COMPARED and c.name not in referring)[:1]
