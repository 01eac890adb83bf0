"""Which tables cannot be served because their database lacks revisions that change their shape.

It is looked at every few seconds beside the requests, so that a request costs one look into a dictionary. What this
build needs is what its branches had when it started: a file that comes later is a later build's. A database that has
more than this build knows is served: what it has done to a table is for the database to say.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import anyio.to_thread

from bothways.compatibility import concerned, history_of
from bothways.compatibility.tables import unreadable
from bothways.errors import BothwaysError, DatabaseBehind
from bothways.web.beside import beside

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from structlog.typing import FilteringBoundLogger

    from bothways.compatibility.rendering import Renderings
    from bothways.crud.pools import Pools
    from bothways.crud.shapes import Shape
    from bothways.project import Project
    from bothways.web.endpoints import Looks, Status

_SOON: Final = 0.2


class Standing:
    """The tables that wait for revisions, by database."""

    def __init__(
        self,
        project: Project,
        renderings: Renderings,
        looks: Looks,
        pools: Pools,
        shapes: Mapping[str, Shape],
        seconds: float,
        log: FilteringBoundLogger,
    ) -> None:
        """``shapes`` are those of the tables that are served; ``seconds`` lie between two looks.

        ``log`` is told once of each database that is not at head when the service starts.
        """
        self._log = log
        self._told: set[str] = set()
        self._seconds = seconds
        self._project = project
        self._renderings = renderings
        self._looks = looks
        self._pools = pools
        self._databases = pools.names
        self._tables = {name: shape.table for name, shape in shapes.items()}
        self._needed = {name: _revisions(project, name) for name in self._databases}
        self._fitting: dict[str, tuple[str, ...]] = {}
        """Revisions that this build does not know and whose tables it can use, by database."""
        self._one = asyncio.Lock()
        self._waiting: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._refused = {name: asyncio.Event() for name in self._databases}

    def require(self, database: str, table: str) -> None:
        """Raise DatabaseBehind, with the pending revisions, where the table is not what this build needs."""
        pending = self._waiting.get(database, {}).get(table)
        if pending:
            self._refused[database].set()
            raise DatabaseBehind(
                f"database {database!r} lacks what changes table {table!r}: {', '.join(pending)}",
                hint=f"bring it to the head revision: bothways upgrade {database}",
                details={"database": database, "table": table, "pending": list(pending)},
            )

    async def fits(self, status: Status) -> bool:
        """Whether a database is what this build needs, or more. Raises a BothwaysError where it cannot be asked."""
        if status.state == "behind":
            return not self._pending(status)
        if status.state != "unknown-revision":
            return status.state == "at-head"
        current, name = tuple(status.current), status.name
        # One of many probes asks, in the pool, whose statements do not wait for a lock for ever.
        async with self._one:
            if name in self._databases and self._fitting.get(name) != current:
                if await self._pools[name].run(lambda c: unreadable(c, self._tables.values()), repeatable=True):
                    return False
                self._fitting[name] = current
        return name in self._databases

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """While the service runs, look now and then; a database that is slow keeps no other one waiting."""
        async with beside(self._watch(name) for name in self._databases):
            yield

    async def _watch(self, name: str) -> None:
        while True:
            try:
                await self.look(name)
            except BothwaysError:
                # Its settings or its revisions cannot be read: readiness tells that.
                self._waiting.pop(name, None)
            await self._pause(name)

    async def _pause(self, name: str) -> None:
        """Wait for the next look: it comes soon where a request was refused, for that may be over."""
        await asyncio.sleep(min(_SOON, self._seconds))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                await self._refused[name].wait()
        self._refused[name].clear()

    async def look(self, name: str) -> None:
        """Look at one database now. Raises a BothwaysError where that cannot be told."""
        (status,) = await self._looks.at((name,))
        self._tell(status)
        found = None
        if status.state == "behind" and self._pending(status):
            found = await anyio.to_thread.run_sync(partial(self._lacking, name, status))
        if found:
            self._waiting[name] = found
        else:
            self._waiting.pop(name, None)

    def _tell(self, status: Status) -> None:
        if status.name in self._told:
            return
        self._told.add(status.name)
        if status.state != "at-head":
            words = {"reason": status.message, "pending": status.pending, "hint": status.hint}
            self._log.warning("a database is not at head", database=status.name, state=status.state, **words)

    def _lacking(self, name: str, status: Status) -> dict[str, tuple[str, ...]]:
        database, history = history_of(self._project, name)
        revisions = [history.by_id[r] for r in self._pending(status)]
        shapes = concerned(database.dialect, self._renderings, history, revisions)
        found = {t: tuple(r for r, touched in shapes.items() if touched is None or t in touched) for t in self._tables}
        return {table: pending for table, pending in found.items() if pending}

    def _pending(self, status: Status) -> list[str]:
        needed = self._needed.get(status.name)
        return [r for r in status.pending if needed is None or r in needed]


def _revisions(project: Project, name: str) -> frozenset[str] | None:
    """The revisions of a database's branch as it is now; None where they cannot be read: readiness tells that."""
    try:
        _, history = history_of(project, name)
    except BothwaysError:
        return None
    return frozenset(history.by_id)
