"""Fill a database with rows that look real: made from the canonical models, the same ones for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.sql.ddl import sort_tables_and_constraints

from bothways.connections import call
from bothways.errors import DatabaseBehind, InvalidModels, Refused
from bothways.reports import EXIT_OK
from bothways.seed.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bothways.project import Database, Project

SIZES: Final = {"small": 100, "medium": 10_000, "large": 200_000}
"""Rows of the largest tables; a table that others refer to has half as many as they."""
_BATCH: Final = 1_000
_PARENTS: Final = 20_000
"""As many rows of a table are chosen from, when others refer to it."""
_REPAIRS: Final = 12
_LATE_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class SeedReport:
    """How many rows each table got."""

    kind: ClassVar[str] = "seed/1"
    database: str
    seed: int
    tables: tuple[tuple[str, int], ...]

    @property
    def exit_code(self) -> int:
        """Always 0: what cannot be filled raises."""
        return EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {"database": self.database, "seed": self.seed, "tables": dict(self.tables)}


@dataclass(frozen=True, slots=True)
class Plan:
    """The tables in the order of filling, parents first, and how many rows each one gets."""

    tables: tuple[sa.Table, ...]
    late: frozenset[sa.ForeignKeyConstraint]
    """Foreign keys that close a circle: they are filled in at the end, where they may be empty until then."""
    rows: dict[str, int]

    @property
    def total(self) -> int:
        """The rows of all tables together."""
        return sum(self.rows.values())


def plan(metadata: sa.MetaData, size: int) -> Plan:
    """What to fill, for ``size`` rows in the largest tables."""
    tables = [t for t in metadata.tables.values() if not t.name.startswith("bothways_")]
    order, late = [], frozenset[sa.ForeignKeyConstraint]()
    for table, constraints in sort_tables_and_constraints(sorted(tables, key=lambda t: t.name)):  # type: ignore[no-untyped-call]
        if table is None:
            late = frozenset(constraints)
        else:
            order.append(table)
    heights = dict.fromkeys((t.name for t in order), 0)
    for table in reversed(order):
        for constraint in table.foreign_key_constraints - late:
            parent = constraint.referred_table.name
            if parent != table.name:
                heights[parent] = max(heights[parent], heights[table.name] + 1)
    rows = {name: max(min(size, 3), size // 2**height) for name, height in heights.items()}
    return Plan(tuple(order), late, rows)


def seed(
    project: Project,
    database: Database,
    size: int,
    *,
    number: int = 1,
    append: bool = False,
    on_rows: Callable[[str, int], None] | None = None,
) -> SeedReport:
    """Fill every table; ``on_rows`` hears of each batch: the table, and how many rows it got.

    Raises Refused where a table has rows already and ``append`` is not given, DatabaseBehind where one is missing, and
    InvalidModels where no rows can be found that a table takes.
    """
    chosen = plan(project.metadata(), size)
    filling = _Filling(chosen, number, append, on_rows or (lambda _table, _count: None), database.name)
    # A database that is not there is told, not made.
    call(database.require_url(), lambda connection: connection.rollback())
    return call(database.require_url(), filling.run, purpose="write")


@dataclass(frozen=True, slots=True)
class _Filling:
    plan: Plan
    number: int
    append: bool
    on_rows: Callable[[str, int], None]
    database: str

    def run(self, connection: sa.Connection) -> SeedReport:
        before = self._before(connection)
        done = []
        for table in self.plan.tables:
            done.append((table.name, self._fill(connection, table, before[table.name])))
            connection.commit()
        for constraint in sorted(self.plan.late, key=lambda c: str(c.name)):
            self._close(connection, constraint)
        connection.commit()
        return SeedReport(self.database, self.number, tuple(done))

    def _before(self, connection: sa.Connection) -> dict[str, int]:
        there = set(sa.inspect(connection).get_table_names())
        missing = [t.name for t in self.plan.tables if t.name not in there]
        if missing:
            raise DatabaseBehind(
                f"database {self.database!r} lacks {', '.join(missing)}", hint=f"bothways upgrade {self.database}"
            )
        counts = {t.name: connection.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in self.plan.tables}
        full = [f"{name} ({count})" for name, count in counts.items() if count]
        if full and not self.append:
            raise Refused(
                f"database {self.database!r} has rows already: {', '.join(full)}",
                hint=f"to add to them: bothways seed {self.database} --append",
            )
        return counts

    def _fill(self, connection: sa.Connection, table: sa.Table, before: int) -> int:
        fixed = table.foreign_key_constraints - self.plan.late
        parents = {c: self._parents(connection, c) for c in fixed if c.referred_table is not table}
        # Another seed or another begin gives other rows.
        chance = random.Random(f"{self.number}:{table.name}:{before}")  # noqa: S311
        recipe = Recipe(table, chance, before, parents, self.plan.late, connection.dialect)
        if before:
            recipe.learn(connection)
        most = recipe.most()
        wanted = self.plan.rows[table.name] if most is None else min(self.plan.rows[table.name], most)
        done = 0
        for start in range(0, wanted, _BATCH):
            done += self._batch(connection, recipe, range(start, min(start + _BATCH, wanted)))
        return done

    def _batch(self, connection: sa.Connection, recipe: Recipe, numbers: range) -> int:
        name, said = recipe.table.name, ""
        for _ in range(_REPAIRS):
            try:
                rows = list(recipe.rows(numbers))
                if rows:
                    with connection.begin_nested():
                        connection.execute(sa.insert(recipe.table), rows)
            except LookupError as error:
                said = f"nothing is known that fits column {error.args[0]}"
                break
            except (DBAPIError, StatementError) as error:
                said = str(error.orig).partition("\n")[0] if error.orig is not None else type(error).__name__
                recipe.forget(rows)
                if not recipe.change(str(error.orig)):
                    break
            else:
                self.on_rows(name, len(rows))
                return len(rows)
        raise InvalidModels(
            f"no rows are found that table {name} takes: {said}",
            hint='say what a column may hold: Column(…, info={"seed": ["a", "b"]})',
            details={"mistakes": [said]},
        )

    def _parents(self, connection: sa.Connection, constraint: sa.ForeignKeyConstraint) -> Sequence[tuple[Any, ...]]:
        columns = [e.column for e in constraint.elements]
        found = sa.select(*columns).distinct().order_by(*columns).limit(_PARENTS)
        return [tuple(row) for row in connection.execute(found)]

    def _close(self, connection: sa.Connection, constraint: sa.ForeignKeyConstraint) -> None:
        """Fill a foreign key that closes a circle, in some rows."""
        table, columns = constraint.table, list(constraint.columns)
        targets = self._parents(connection, constraint)
        identity = list(table.primary_key.columns)
        if not targets or not identity or not all(c.nullable for c in columns):
            return
        empty = sa.and_(*(c.is_(None) for c in columns))
        rows = connection.execute(sa.select(*identity).where(empty).order_by(*identity).limit(_LATE_ROWS)).all()
        chance = random.Random(f"{self.number}:{constraint.name}")  # noqa: S311
        for row in rows:
            if chance.random() < 0.5:
                here = sa.and_(*(c == v for c, v in zip(identity, row, strict=True)))
                values = dict(zip((c.name for c in columns), chance.choice(targets), strict=True))
                # What says when a row was changed would say now, and be another for the same seed.
                kept = {c.name: c for c in table.columns if c.onupdate is not None and c.name not in values}
                connection.execute(sa.update(table).where(here).values({**values, **kept}))
