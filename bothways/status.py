"""Where each database is and what it lacks: all of them at once, each in a thread of its own.

Nothing here imports Alembic or SQLAlchemy: revision files are read by their heads, the version table through the bare
driver, so that a status of several databases costs less than one ``alembic current``.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bothways.dialects import dialect_for
from bothways.errors import BothwaysError, ConfigurationError, HistoryError
from bothways.history import History
from bothways.reports import EXIT_COULD_NOT_RUN, EXIT_FINDINGS, EXIT_OK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bothways.dialects.base import Reading
    from bothways.project import Database, Project

State = Literal["at-head", "behind", "diverged", "unknown-revision", "unreachable", "unconfigured", "invalid"]
_AT_ONCE = 16
"""More connections at once gain nothing (measured: the server's session start is the limit)."""


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """Where one database is. ``pending`` are the ids it lacks, base to head; ``seconds`` is how long the look took."""

    name: str
    branch: str
    dialect: str
    state: State
    address: str | None = None
    server: str | None = None
    current: tuple[str, ...] = ()
    head: str | None = None
    pending: tuple[str, ...] = ()
    message: str | None = None
    hint: str | None = None
    code: str | None = None
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The status as JSON-ready data."""
        return {**asdict(self), "current": list(self.current), "pending": list(self.pending)}


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Where all databases are."""

    kind: ClassVar[str] = "status/1"
    databases: tuple[DatabaseStatus, ...]

    @property
    def exit_code(self) -> int:
        """2 where a database could not be looked at, 1 where one is not at head; one without a URL does not count."""
        states = {d.state for d in self.databases}
        if states & {"unreachable", "invalid"}:
            return EXIT_COULD_NOT_RUN
        return EXIT_FINDINGS if states - {"at-head", "unconfigured"} else EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {"databases": [d.to_dict() for d in self.databases]}


def read_status(project: Project, names: Iterable[str] = (), timeout: float = 5.0) -> StatusReport:
    """Look at the named databases, or all; ``timeout`` in seconds for each. Raises UnknownDatabase only."""
    databases = project.select(tuple(names))
    histories: dict[str, History | HistoryError] = {}
    for database in databases:
        if database.branch.name not in histories:
            histories[database.branch.name] = _history(database)
    if len(databases) == 1:
        return StatusReport((_status(databases[0], histories[databases[0].branch.name], timeout),))
    _import_drivers(databases)
    with ThreadPoolExecutor(min(_AT_ONCE, len(databases))) as threads:
        found = threads.map(lambda d: _status(d, histories[d.branch.name], timeout), databases)
        return StatusReport(tuple(found))


def _import_drivers(databases: Iterable[Database]) -> None:
    # In the main thread and before the time-outs run: threads that import wait for each other.
    for name in {d.url.driver for d in databases if d.url is not None}:
        if name in {"asyncpg", "pymysql"} and name not in sys.modules:
            try:
                __import__(name)
            except ImportError:
                continue  # the database's own status says which driver is missing


def _history(database: Database) -> History | HistoryError:
    try:
        history = History.load(database.branch)
        _ = history.head
    except HistoryError as error:
        return error
    return history


def _status(database: Database, history: History | HistoryError, timeout: float) -> DatabaseStatus:
    started = time.monotonic()
    base: dict[str, Any] = {"name": database.name, "branch": database.branch.name, "dialect": database.dialect}
    try:
        if isinstance(history, HistoryError):
            raise history
        url = database.require_url()
        base["address"] = url.address
        reading = look(database, timeout)
    except BothwaysError as error:
        state = _state_of(error)
        return DatabaseStatus(
            **base, state=state, message=error.message, hint=error.hint, code=error.code, seconds=_since(started)
        )
    return DatabaseStatus(**base, **_compared(database, history, reading), seconds=_since(started))


def _state_of(error: BothwaysError) -> State:
    if error.code == "database-not-configured":
        return "unconfigured"
    return "invalid" if isinstance(error, ConfigurationError | HistoryError) else "unreachable"


def _since(started: float) -> float:
    return round(time.monotonic() - started, 4)


def _compared(database: Database, history: History, reading: Reading) -> dict[str, Any]:
    head = history.head
    facts: dict[str, Any] = {
        "server": reading.server_version,
        "current": reading.versions,
        "head": head.id if head else None,
    }
    unknown = [v for v in reading.versions if v not in history.by_id]
    if unknown:
        return facts | {
            "state": "unknown-revision",
            "message": f"at revision {', '.join(unknown)}, which branch {history.branch.name!r} does not have",
            "hint": "update this checkout (git pull), or check that the URL is the right database's",
            "code": "unknown-database-revision",
        }
    pending = tuple(r.id for r in history.pending(reading.versions))
    if len(reading.versions) > 1 and not pending:
        return facts | {
            "state": "diverged",
            "message": "several revisions at once",
            "hint": f"alembic -n {database.name} heads",
        }
    if not reading.exists:
        return facts | {
            "state": "behind",
            "pending": pending,
            "message": f"there is no file {database.require_url().database} yet",
            "hint": f"correct the URL, or make it: bothways upgrade {database.name}",
        }
    if pending:
        return facts | {"state": "behind", "pending": pending, "hint": f"bothways upgrade {database.name}"}
    return facts | {"state": "at-head"}


def look(database: Database, timeout: float = 5.0) -> Reading:
    """Read a database's version table. Raises a DatabaseError or ConfigurationError."""
    url = database.require_url()
    dialect = dialect_for(url.dialect)
    try:
        reading = dialect.quick_look(url, database.version_table, timeout)
    except BothwaysError:
        raise
    except Exception as caught:
        error = dialect.error(caught, url)
        if error is None:
            raise
        raise error from caught
    return reading if reading is not None else _look_with_sqlalchemy(database, timeout)


def _look_with_sqlalchemy(database: Database, timeout: float) -> Reading:
    from bothways.connections import call
    from bothways.dialects.base import Reading
    from bothways.revisions import current

    url = database.require_url()
    dialect = dialect_for(url.dialect)
    return call(url, lambda c: Reading(current(c, database), dialect.server_version(c)), timeout=timeout)
