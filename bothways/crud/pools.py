"""Connections to each database, kept, bounded and given out fairly.

An operation on rows is a generator, written once (:mod:`bothways.dialects.performing`): a sync driver performs it in a
thread, asyncpg in the event loop. Whatever needs a ``Connection`` gets one of SQLAlchemy's, in a thread or a greenlet.
A gate as wide as the pool stands before both, first come, first served, so that no request starves behind later ones. A
server that is down, slow or restarted gives a ``DatabaseError``, and the next request tries again: nothing here has to
be told that it is back.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy import exc, util

from bothways.crud.engines import engine_of
from bothways.crud.gate import Gate
from bothways.dialects import dialect_for
from bothways.dialects.diagnosis import causes
from bothways.dialects.performing import perform, unheard
from bothways.dialects.sessions import Limits, direct_for, ran_too_long
from bothways.dialects.violations import deadlocked, gave_way
from bothways.errors import (
    BothwaysError,
    ConnectionLost,
    DatabaseError,
    DatabaseLocked,
    DatabaseNotConfigured,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from types import TracebackType

    import sqlalchemy as sa

    from bothways.crud.gate import Load
    from bothways.crud.observing import Observer
    from bothways.dialects.asyncpg_direct import Direct
    from bothways.dialects.performing import Heard, Operation
    from bothways.project import Database

T = TypeVar("T")

_LOG: Final = logging.getLogger("bothways.crud")
_SOON: Final = 1.0
_SOON_SEEN: Final = 3.0
"""The same for a deadlock: PostgreSQL takes a second to see one (deadlock_timeout)."""
_MOST_TRIES: Final = 5
_PAUSE: Final = 0.02
"""Seconds that work which lost waits at most before its second try, with each try longer."""
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
    _gate: Gate = field(repr=False)
    _direct: Direct | None = field(repr=False)
    """The way past SQLAlchemy's adapter, where the driver has one."""
    _turn: asyncio.Lock | None = field(repr=False)
    """Who writes to a file waits here, first come, first served: its lock is got by trying again and again."""
    _heard: Heard = field(default=unheard, repr=False)

    @classmethod
    def open(cls, database: Database, limits: Limits, observer: Observer | None = None) -> Pool:
        """A pool that connects when it is first used. Raises DatabaseNotConfigured, DriverMissing."""
        url = database.require_url()
        threads = CapacityLimiter(limits.most)
        engine = engine_of(url, limits)
        return cls(
            database,
            limits,
            engine,
            util.greenlet_spawn if url.is_async else lambda work: anyio.to_thread.run_sync(work, limiter=threads),
            Gate(limits.most, limits.wait),
            direct_for(url, limits, engine.dialect),
            asyncio.Lock() if dialect_for(url.dialect).capabilities.file_based else None,
            unheard if observer is None else partial(observer, database.name),
        )

    @property
    def load(self) -> Load:
        """How busy it is just now."""
        return self._gate.load

    async def perform(self, operation: Operation[T], *, repeatable: bool = False) -> T:
        """Perform an operation on rows.

        Work that lost against another session's (a deadlock, a serialization failure) is done again a few times; with
        ``repeatable`` also once if the connection broke under it. Raises DatabaseError for whatever is the server's
        fault; for whatever is a statement's, the driver's own exception, bare or as SQLAlchemy wraps it.
        """
        direct, heard = self._direct, self._heard

        def work() -> Awaitable[T]:
            if direct is not None:
                return direct.perform(operation, heard)
            return self._once(lambda connection: perform(connection, operation, heard))

        if direct is not None or self._turn is None or repeatable:
            return await self._let_in(work, repeatable=repeatable, undone=True)
        await self._wait_for(self._turn)
        try:
            return await self._let_in(work, repeatable=False, undone=True)
        finally:
            self._turn.release()

    async def _wait_for(self, turn: asyncio.Lock) -> None:
        try:
            async with asyncio.timeout(self.limits.wait):
                await turn.acquire()
        except TimeoutError:
            raise _about(self.database, DatabaseLocked, "is written to by too many at once") from None

    async def run(self, work: Callable[[sa.Connection], T], *, repeatable: bool = False) -> T:
        """Run ``work`` on a connection that commits each statement by itself; otherwise like :meth:`perform`."""
        return await self._let_in(lambda: self._once(work), repeatable=repeatable, undone=False)

    async def close(self) -> None:
        """Close every connection."""
        if self._direct is not None:
            await self._direct.close()
        await self._execute(self._engine.dispose)

    async def _let_in(self, work: Callable[[], Awaitable[T]], *, repeatable: bool, undone: bool) -> T:
        if not self._gate.enter_now():
            await self._enter()
        try:
            return await self._tried(work, repeatable=repeatable, undone=undone)
        finally:
            self._gate.leave()

    async def _enter(self) -> None:
        try:
            await self._gate.enter()
        except TimeoutError:
            raise _about(self.database, Unreachable, "has no free connection") from None

    async def _tried(self, work: Callable[[], Awaitable[T]], *, repeatable: bool, undone: bool) -> T:
        """Do the work, again where that may help; ``undone`` says that work which gave way has left nothing behind."""
        started, tries = time.monotonic(), 1
        while True:
            try:
                return await work()
            except Exception as error:
                known = self._diagnosed(error)
                # A client that waited for a server that hangs, or for a lock, does not wait twice.
                waited = time.monotonic() - started
                soon = _SOON_SEEN if deadlocked(error) else _SOON
                lost = undone and waited < soon and tries < _MOST_TRIES and gave_way(error)
                broke = repeatable and waited < _SOON and isinstance(known, ConnectionLost)
                if not lost and (tries > 1 or not (broke or _was_stale(error))):
                    raise (known or error) from error
            if lost:
                await asyncio.sleep(_PAUSE * tries * random.random())  # noqa: S311 - so that two do not meet again
            tries += 1

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

    def __init__(self, databases: Iterable[Database], limits: Limits, observer: Observer | None = None) -> None:
        self._databases = tuple(databases)
        self._limits = limits
        self._observer = observer
        self._open: dict[str, Pool] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The databases' names."""
        return tuple(d.name for d in self._databases)

    def loads(self) -> dict[str, Load]:
        """How busy each of them is just now, by name."""
        return {name: pool.load for name, pool in self._open.items()}

    def __getitem__(self, name: str) -> Pool:
        return self._open[name]

    async def __aenter__(self) -> Self:
        self._open = {d.name: Pool.open(d, self._limits, self._observer) for d in self._databases}
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


__all__ = ["DatabaseNotConfigured", "Limits", "Pool", "Pools"]
