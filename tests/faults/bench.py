"""Play planted faults on a scratch database: parent, snapshot, up, down, snapshot, difference; then the control."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bothways import scratch
from bothways.connections import call
from bothways.dialects import dialect_for
from bothways.dialects.reading import take
from bothways.snapshot import Change, Snapshot, difference
from tests.faults import mysql, postgresql_objects, postgresql_rows, postgresql_tables, sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import sqlalchemy as sa

    from bothways.urls import DatabaseURL
    from tests.faults.cases import Case, Fact, Statements

CASES: Mapping[str, tuple[Case, ...]] = {
    "postgresql": (*postgresql_tables.CASES, *postgresql_objects.CASES, *postgresql_rows.CASES),
    "mysql": mysql.CASES,
    "sqlite": sqlite.CASES,
}
"""The faults of each engine."""
BASES: Mapping[str, Statements] = {
    "postgresql": postgresql_tables.BASE,
    "mysql": mysql.BASE,
    "sqlite": sqlite.BASE,
}
"""What stands in the database before each case's own statements."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found in one case."""

    case: Case
    changes: tuple[Change, ...]
    """After the bad downgrade."""
    false_alarms: tuple[Change, ...]
    """After the good one."""

    @property
    def named(self) -> frozenset[Fact]:
        """The facts that the difference names."""
        return frozenset((c.key, c.fact) for c in self.changes)

    @property
    def expected(self) -> frozenset[Fact]:
        """The fact of the fault and its consequences."""
        return frozenset((self.case.fact, *self.case.consequences))


@contextmanager
def playground(server: DatabaseURL) -> Iterator[Callable[[Case], Outcome]]:
    """A function that plays cases of the server's engine, all on one scratch database."""
    with scratch.database(server) as url:
        yield lambda case: call(url, lambda connection: play(connection, url, case), purpose="migrate")


def play(connection: sa.Connection, url: DatabaseURL, case: Case) -> Outcome:
    """Both runs of a case on an empty database, which is empty again afterwards."""
    parent, bad = _run(connection, url, case, case.down)
    again, good = _run(connection, url, case, case.good_down)
    return Outcome(case, difference(parent, bad), (*difference(parent, again), *difference(parent, good)))


def _run(connection: sa.Connection, url: DatabaseURL, case: Case, down: Statements) -> tuple[Snapshot, Snapshot]:
    try:
        _execute(connection, (*BASES[url.dialect], *case.before))
        before = take(connection, rows=True)
        _execute(connection, (*case.up, *down))
        return before, take(connection, rows=True)
    finally:
        _clear(connection, url)


def _execute(connection: sa.Connection, statements: Statements) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def _clear(connection: sa.Connection, url: DatabaseURL) -> None:
    connection.rollback()
    if not dialect_for(url.dialect).capabilities.transactional_ddl:
        name = url.database
        _execute(
            connection,
            (f"drop database `{name}`", f"create database `{name}` character set utf8mb4", f"use `{name}`"),
        )
