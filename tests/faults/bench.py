"""Play planted faults on a scratch database: parent, snapshot, up, down, snapshot, difference; then the control."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from bothways import scratch
from bothways.connections import call
from bothways.dialects import dialect_for
from bothways.dialects.reading import take
from bothways.snapshot import Change, difference
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
    """A function that plays cases of the server's engine, all on one connection to one scratch database."""
    asked: SimpleQueue[Case | None] = SimpleQueue()
    answers: SimpleQueue[Outcome | Exception] = SimpleQueue()

    def serve(connection: sa.Connection) -> None:
        while (case := asked.get()) is not None:
            try:
                answers.put(play(connection, url, case))
            except Exception as error:  # noqa: BLE001 - whoever asked gets it
                answers.put(error)

    def ask(case: Case) -> Outcome:
        asked.put(case)
        answer = answers.get(timeout=60)
        if isinstance(answer, Exception):
            raise answer
        return answer

    # An async driver's connection lives in one call, so the call lasts as long as the playground, in its own thread.
    with scratch.database(server) as url, ThreadPoolExecutor(1) as pool:
        served = pool.submit(call, url, serve, purpose="migrate")
        try:
            yield ask
        finally:
            asked.put(None)
            served.result()


def play(connection: sa.Connection, url: DatabaseURL, case: Case) -> Outcome:
    """Both runs of a case on an empty database, which is empty again afterwards."""
    with _parent(connection, url, case):
        parent = take(connection, rows=True)
        _execute(connection, (*case.up, *case.down))
        bad = take(connection, rows=True)
    with _parent(connection, url, case):
        _execute(connection, (*case.up, *case.good_down))
        good = take(connection, rows=True)
    return Outcome(case, difference(parent, bad), difference(parent, good))


@contextmanager
def _parent(connection: sa.Connection, url: DatabaseURL, case: Case) -> Iterator[None]:
    try:
        _execute(connection, (*BASES[url.dialect], *case.before))
        yield
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
            (
                "set session sql_mode = default, foreign_key_checks = default",
                f"drop database `{name}`",
                f"create database `{name}` character set utf8mb4",
                f"use `{name}`",
            ),
        )
