"""How the service's sessions are set up on each engine: in UTC, strict, and never waiting for ever."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bothways.dialects import dialect_for
from bothways.dialects.diagnosis import causes

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine.interfaces import Dialect

    from bothways.dialects.asyncpg_direct import Direct
    from bothways.urls import DatabaseURL

_CLIENT_MARGIN: Final = 5.0
"""Seconds that the client waits beyond the server's own limit: then the server is not slow but gone."""
_TOO_LONG: Final[frozenset[object]] = frozenset({"57014", 1969, 3024, "SQLITE_INTERRUPT"})
"""How PostgreSQL, MariaDB, MySQL and SQLite say that a statement ran into its limit."""
_SQLITE_STEPS: Final = 100_000
"""How often SQLite looks at the clock: after so many steps of its machine, about a millisecond."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections a database gets, and how long anything may take. All times are in seconds."""

    size: int = 10
    """Connections that are kept open."""
    overflow: int = 5
    """Further ones at peaks, closed afterwards."""
    wait: float = 5.0
    """For a free connection."""
    connect: float = 5.0
    """For a connection to be made."""
    statement: float = 15.0
    """For a statement."""
    lock: float = 5.0
    """For a lock that another session holds."""
    recycle: float = 1800.0
    """Age at which a connection is replaced."""
    ping_after: float | None = 5.0
    """A connection that was idle for longer is tried before it is used; None never tries."""

    @property
    def most(self) -> int:
        """The most connections at once."""
        return self.size + self.overflow


def engine_arguments(url: DatabaseURL, limits: Limits) -> dict[str, Any]:
    """The arguments by which ``create_engine`` makes such sessions."""
    return _ARGUMENTS[url.dialect](url, limits)


def direct_for(url: DatabaseURL, limits: Limits, dialect: Dialect) -> Direct | None:
    """The connections of a driver that statements can be sent to without SQLAlchemy's adapter; None of any other."""
    if url.driver != "asyncpg":
        return None
    from bothways.dialects.asyncpg_direct import Direct

    return Direct(url, limits, dialect)


def session_setup(url: DatabaseURL, limits: Limits) -> Callable[[Any], None] | None:
    """What to do with a driver's new connection, None where its arguments say it all."""
    if url.dialect != "mysql":
        return None
    return lambda connection: _set_up_mysql(connection, limits)


def same_file(url: DatabaseURL) -> Callable[[], object]:
    """Identifies the file behind a database of files: an open connection to one that was replaced must end."""
    if not dialect_for(url.dialect).capabilities.file_based:
        return lambda: None
    path = Path(url.database)

    def identity() -> object:
        try:
            found = path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    return identity


def ran_too_long(caught: BaseException) -> bool:
    """Whether the limit on a statement's time ended it."""
    for error in causes(caught):
        number = error.args[0] if error.args and isinstance(error.args[0], int) else None
        if {getattr(error, "sqlstate", None), getattr(error, "sqlite_errorname", None), number} & _TOO_LONG:
            return True
    return False


def _postgresql(url: DatabaseURL, limits: Limits) -> dict[str, Any]:
    arguments = dialect_for(url.dialect).connect_arguments(url, "write", limits.connect)
    settings = {
        "application_name": "bothways serve",
        "statement_timeout": _milliseconds(limits.statement),
        "lock_timeout": _milliseconds(limits.lock),
    }
    if "server_settings" in arguments:
        arguments["server_settings"] = {**arguments["server_settings"], **settings}
        arguments["command_timeout"] = limits.statement + _CLIENT_MARGIN
    else:
        spelled = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in settings.items())
        arguments["options"] = f"{arguments.get('options', '')} {spelled}".strip()
    return {"connect_args": arguments}


def _mysql(url: DatabaseURL, limits: Limits) -> dict[str, Any]:
    arguments = dialect_for(url.dialect).connect_arguments(url, "write", limits.connect)
    if url.driver == "pymysql":
        patience = limits.statement + _CLIENT_MARGIN
        arguments |= {"read_timeout": patience, "write_timeout": patience}
    return {"connect_args": arguments}


def _set_up_mysql(connection: Any, limits: Limits) -> None:
    """One statement: UTC, no silent truncation, and limits, which MariaDB and MySQL name differently."""
    with connection.cursor() as cursor:
        cursor.execute("select version()")
        is_mariadb = "mariadb" in str(cursor.fetchone()[0]).lower()
        limit = (
            f"max_statement_time = {limits.statement:.3f}"
            if is_mariadb
            else f"max_execution_time = {_milliseconds(limits.statement)}"
        )
        cursor.execute(
            "set session time_zone = '+00:00', "
            "sql_mode = concat_ws(',', nullif(@@sql_mode, ''), 'STRICT_ALL_TABLES'), "
            f"innodb_lock_wait_timeout = {max(1, round(limits.lock))}, {limit}"
        )


def _sqlite(url: DatabaseURL, limits: Limits) -> dict[str, Any]:
    def connect() -> sqlite3.Connection:
        # rw, not rwc: serving a database that is not there must not make an empty one.
        address = f"{Path(url.database).as_uri()}?mode=rw"
        connection = sqlite3.connect(
            address, uri=True, timeout=limits.lock, isolation_level=None, check_same_thread=False, factory=_Timed
        )
        connection.seconds = limits.statement
        # Readers and one writer at once. A file on a read-only disk, or locked just now, is served as it is.
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    return {"creator": connect}


class _Timed(sqlite3.Connection):
    """A connection that ends a statement at its limit; SQLite has none of its own."""

    seconds: float = 0.0
    _end: float = 0.0

    def start(self) -> None:
        """What comes now may take ``seconds``."""
        self._end = time.monotonic() + self.seconds
        self.set_progress_handler(lambda: time.monotonic() > self._end, _SQLITE_STEPS)


def start_clock(connection: object) -> None:
    """Let the time of a connection's next work begin, where its driver needs to be told."""
    if isinstance(connection, _Timed):
        connection.start()


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))


_ARGUMENTS: Final = {"postgresql": _postgresql, "mysql": _mysql, "sqlite": _sqlite}
