"""Connections to each database, kept, bounded and given out fairly.

Every operation is a sync function on a ``Connection``, written once. An async driver runs it in a greenlet of the event
loop, a sync one in a thread; in both cases a first-come-first-served gate as wide as the pool stands before it, so that
no request starves behind later ones. A server that is down, slow or restarted gives an exception of ``DatabaseError``,
and the next request tries again: nothing here needs to be told that it is back.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import anyio.to_thread
import sqlalchemy as sa
from anyio import CapacityLimiter
from pydantic_core import from_json, to_json
from sqlalchemy import event, exc, util
from sqlalchemy.ext.asyncio import create_async_engine

from bothways.dialects import dialect_for
from bothways.dialects.diagnosis import causes
from bothways.dialects.sessions import Limits, engine_arguments, ran_too_long, same_file, session_setup, start_clock
from bothways.errors import (
    BothwaysError,
    ConnectionLost,
    DatabaseError,
    DatabaseNotConfigured,
    DriverMissing,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from types import TracebackType

    from bothways.project import Database
    from bothways.urls import DatabaseURL

T = TypeVar("T")
Work = "Callable[[sa.Connection], T]"

_LOG: Final = logging.getLogger("bothways.crud")
_SOON: Final = 1.0
_STALE_PLAN: Final = "InvalidCachedStatementError"

# What a client may know: that it is the server's fault and what to do, not where the server is or who we are there.
_WORDS: Final[dict[str, str]] = {
    "unreachable": "does not answer",
    "authentication-failed": "refuses the service's credentials",
    "database-missing": "does not exist",
    "privilege-missing": "refuses the service a privilege",
    "read-only": "takes no writes",
    "disk-full": "has no space left",
    "locked": "is locked by another session",
    "connection-lost": "closed the connection",
}


@dataclass(frozen=True, slots=True)
class Pool:
    """The connections of one database."""

    database: Database
    limits: Limits
    _engine: sa.Engine = field(repr=False)
    _execute: Callable[[Callable[[], Any]], Awaitable[Any]] = field(repr=False)
    """Runs a blocking function where its engine may block: in a greenlet, or in a thread."""
    _gate: asyncio.Semaphore = field(repr=False)

    @classmethod
    def open(cls, database: Database, limits: Limits) -> Pool:
        """A pool that connects when it is first used. Raises DatabaseNotConfigured, DriverMissing."""
        url = database.require_url()
        threads = CapacityLimiter(limits.most)
        return cls(
            database,
            limits,
            _engine_of(url, limits),
            util.greenlet_spawn if url.is_async else lambda work: anyio.to_thread.run_sync(work, limiter=threads),
            asyncio.Semaphore(limits.most),
        )

    async def run(self, work: Callable[[sa.Connection], T], *, repeatable: bool = False) -> T:
        """Run ``work`` on a connection that commits each statement by itself.

        With ``repeatable`` it runs again if the connection broke under it. Raises DatabaseError for whatever is the
        server's fault; for whatever is the statement's, the driver's own exception as SQLAlchemy wraps it.
        """
        await self._enter()
        try:
            return await self._twice(work, repeatable=repeatable)
        finally:
            self._gate.release()

    async def close(self) -> None:
        """Close every connection."""
        await self._execute(self._engine.dispose)

    async def _enter(self) -> None:
        if not self._gate.locked():
            await self._gate.acquire()
            return
        try:
            async with asyncio.timeout(self.limits.wait):
                await self._gate.acquire()
        except TimeoutError:
            raise _about(self.database, Unreachable, "has no free connection") from None

    async def _twice(self, work: Callable[[sa.Connection], T], *, repeatable: bool) -> T:
        started = time.monotonic()
        try:
            return await self._once(work)
        except Exception as error:
            known = self._diagnosed(error)
            # A client that waited for a server that hangs does not wait twice.
            broke = isinstance(known, ConnectionLost) and time.monotonic() - started < _SOON
            again = _was_stale(error) or (repeatable and broke)
            if not again:
                raise (known or error) from error
        try:
            return await self._once(work)
        except Exception as error:
            raise (self._diagnosed(error) or error) from error

    async def _once(self, work: Callable[[sa.Connection], T]) -> T:
        def connected() -> T:
            with self._engine.connect() as connection:
                try:
                    return work(connection)
                except TimeoutError:
                    # The client gave up, the server did not: nobody can tell what state the session is in.
                    connection.invalidate()
                    raise

        result: T = await self._execute(connected)
        return result

    def _diagnosed(self, error: BaseException) -> BothwaysError | None:
        if isinstance(error, exc.TimeoutError):
            return _about(self.database, Unreachable, "has no free connection")
        if ran_too_long(error):
            return _about(self.database, Unreachable, "took too long")
        found = dialect_for(self.database.dialect).error(error, self.database.require_url())
        if isinstance(found, DatabaseError):
            # The whole of it, with the server's address, is for the log; it holds no password.
            _LOG.warning("database %s: %s: %s", self.database.name, found.code, found.message)
            return _about(self.database, type(found), _WORDS.get(found.code, "failed"))
        if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
            return _about(self.database, ConnectionLost, _WORDS["connection-lost"])
        return found


class Pools:
    """The pools of every served database, open while the service runs."""

    def __init__(self, databases: Iterable[Database], limits: Limits) -> None:
        self._databases = tuple(databases)
        self._limits = limits
        self._open: dict[str, Pool] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The databases' names."""
        return tuple(d.name for d in self._databases)

    def __getitem__(self, name: str) -> Pool:
        return self._open[name]

    async def __aenter__(self) -> Self:
        self._open = {d.name: Pool.open(d, self._limits) for d in self._databases}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        while self._open:
            _, pool = self._open.popitem()
            await pool.close()


def _about(database: Database, kind: type[DatabaseError], words: str) -> DatabaseError:
    return kind(
        f"database {database.name!r} {words}",
        hint="try again in a moment; bothways status tells its operator more",
        details={"database": database.name},
    )


def _was_stale(error: BaseException) -> bool:
    """Whether PostgreSQL refused a statement that was prepared before a migration: it did not run."""
    return any(type(cause).__name__ == _STALE_PLAN for cause in causes(error))


def _engine_of(url: DatabaseURL, limits: Limits) -> sa.Engine:
    options: dict[str, Any] = {
        "pool_size": limits.size,
        "max_overflow": limits.overflow,
        "pool_timeout": limits.wait,
        "pool_recycle": round(limits.recycle),
        "pool_use_lifo": True,
        "hide_parameters": True,
        "isolation_level": "AUTOCOMMIT",
        "skip_autocommit_rollback": True,
        "json_serializer": lambda value: to_json(value).decode(),
        "json_deserializer": from_json,
        **engine_arguments(url, limits),
    }
    try:
        address = url.to_sqlalchemy()
        engine = (
            create_async_engine(address, **options).sync_engine
            if url.is_async
            else sa.create_engine(address, **options)
        )
    except (exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise DriverMissing(f"the driver {url.driver!r} is not installed", hint=f"pip install {url.driver}") from error
    _watch(engine, url, limits)
    return engine


def _watch(engine: sa.Engine, url: DatabaseURL, limits: Limits) -> None:
    """Set new sessions up, and try those that were idle before they are used."""
    set_up = session_setup(url, limits)
    identity = same_file(url)

    def connected(connection: Any, record: Any) -> None:
        if set_up is not None:
            set_up(connection)
        record.info["file"] = identity()

    def returned(_connection: Any, record: Any) -> None:
        record.info["idle since"] = time.monotonic()

    def taken(connection: Any, record: Any, _proxy: Any) -> None:
        if record.info.get("file") != identity() or _is_closed(record):
            raise exc.DisconnectionError
        start_clock(record.driver_connection)
        since = record.info.get("idle since")
        if limits.ping_after is None or since is None or time.monotonic() - since < limits.ping_after:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise exc.DisconnectionError from error

    event.listen(engine, "connect", connected)
    event.listen(engine, "checkin", returned)
    event.listen(engine, "checkout", taken)


def _is_closed(record: Any) -> bool:
    # asyncpg hears at once when the server goes away; others are asked by a ping.
    is_closed = getattr(record.driver_connection, "is_closed", None)
    return callable(is_closed) and bool(is_closed())


__all__ = ["DatabaseNotConfigured", "Limits", "Pool", "Pools"]
