"""How many statements reach a database server while a load is made, by the server's own log."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bothways.connections import call
from bothways.servers.keeper import LOG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bench.verifying.contenders import Place

    Count = Callable[[Callable[[], object]], int | None]

_LINE = re.compile(rb"LOG:  (?:statement|execute [^:]*):")
_QUIET = 0.1
"""Seconds without a new line after which the log is complete."""
_DEADLINE = 5.0


@contextmanager
def counting(where: Place) -> Iterator[Count]:
    """A function that makes a load and tells how many statements it caused; BEGIN and COMMIT count.

    It tells None for SQLite, which has no server to ask. Only one load may be under way.
    """
    if where.folder is None:
        yield _uncounted
    elif where.engine == "postgresql":
        with _logging(where, where.folder / LOG) as log:
            yield lambda load: _lines_of(log, load)
    else:
        yield lambda load: _general_log(where, load)


def _uncounted(load: Callable[[], object]) -> None:
    load()


@contextmanager
def _logging(where: Place, log: Path) -> Iterator[Path]:
    _on_server(where, "ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()")
    try:
        end, size = time.monotonic() + _DEADLINE, log.stat().st_size
        while b"is this logged" not in log.read_bytes()[size:]:
            if time.monotonic() > end:
                raise RuntimeError("the server does not log its statements")
            _on_server(where, "SELECT 'is this logged'")
        yield log
    finally:
        _on_server(where, "ALTER SYSTEM RESET log_statement", "SELECT pg_reload_conf()")


def _lines_of(log: Path, load: Callable[[], object]) -> int:
    before = _settled(log)
    load()
    after = _settled(log)
    with log.open("rb") as file:
        file.seek(before)
        return len(_LINE.findall(file.read(after - before)))


def _settled(log: Path) -> int:
    size, now = -1, log.stat().st_size
    while now != size:
        time.sleep(_QUIET)
        size, now = now, log.stat().st_size
    return now


def _general_log(where: Place, load: Callable[[], object]) -> int:
    def start(connection: sa.Connection) -> int:
        connection.exec_driver_sql("SET GLOBAL log_output = 'TABLE'")
        connection.exec_driver_sql("TRUNCATE mysql.general_log")
        connection.exec_driver_sql("SET GLOBAL general_log = ON")
        return int(connection.exec_driver_sql("SELECT connection_id()").scalar_one())

    def end(connection: sa.Connection) -> int:
        connection.exec_driver_sql("SET GLOBAL general_log = OFF")
        words = (
            "SELECT count(*) FROM mysql.general_log WHERE command_type IN ('Query', 'Execute') "
            "AND thread_id NOT IN (:starter, connection_id())"
        )
        return int(connection.execute(sa.text(words), {"starter": starter}).scalar_one())

    starter = call(where.url, start, autocommit=True)
    load()
    return call(where.url, end, autocommit=True)


def _on_server(where: Place, *statements: str) -> None:
    def run(connection: sa.Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    call(where.url, run, autocommit=True)
