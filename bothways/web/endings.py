"""Runs in the audit log: who started and cancelled them, and how they ended, once, whoever sees it first.

A run's worker has no secret, so it cannot sign an entry; the service looks at the runs of its databases when it starts,
and while one is under way.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

import anyio.to_thread

from bothways import audit, runs
from bothways.accounts.roles import LOCAL
from bothways.errors import BothwaysError, DatabaseError
from bothways.web.beside import beside

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from starlette.types import Scope
    from structlog.typing import FilteringBoundLogger

    from bothways.project import Database
    from bothways.web.desk import Desk

WORKER: Final = "(worker)"
"""Who ends a run: no user has such a name."""
STARTED: Final = "run.started"
ENDED: Final = "run.ended"
_MOST: Final = 200
"""So many runs of each database are looked at."""
_SLOWER: Final = 10
"""So many times as long lie between two looks at a database that does not answer."""


class Endings:
    """Follows the runs of some databases to their ends."""

    def __init__(
        self, databases: Iterable[Database], desk: Desk, log: FilteringBoundLogger, seconds: float = 2.0
    ) -> None:
        """``seconds`` lie between two looks."""
        self._databases = {database.name: database for database in databases}
        self._desk = desk
        self._log = log
        self._seconds = seconds
        self._begun = {name: asyncio.Event() for name in self._databases}
        self._known: set[str] = set()

    async def note(self, scope: Scope, what: str, run: runs.Run) -> None:
        """Add what a request did to a run, and follow the run; nothing where there are no accounts."""
        if not self._desk.keys:
            return
        wish = run.wish
        try:
            await self._desk.record(scope, what, run.id, database=wish.database, kind=wish.kind, target=wish.target)
        except DatabaseError as error:
            self._log.warning("a run is missing in the audit log", run=run.id, reason=error.code)
        if wish.database in self._begun:
            self._begun[wish.database].set()

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """While the service runs, follow runs; without accounts there is no audit log, and nothing to do."""
        async with beside(self._watch(name) for name in self._databases if self._desk.keys):
            yield

    async def _watch(self, name: str) -> None:
        failed = False
        while True:
            self._begun[name].clear()
            try:
                done, failed = await self.look(name), False
            except BothwaysError as error:
                if not failed:
                    self._log.warning("the ends of runs cannot be seen", database=name, reason=error.code)
                done, failed = False, True
            except Exception as error:  # noqa: BLE001 - nobody waits for it; the log says it
                if not failed:
                    self._log.error("fault", database=name, exception=error)
                done, failed = False, True
            if done:
                await self._begun[name].wait()
            await asyncio.sleep(self._seconds * (_SLOWER if failed else 1))

    async def look(self, name: str) -> bool:
        """Note every end that is not noted yet; whether no run is under way. Raises a DatabaseError."""
        found = await anyio.to_thread.run_sync(partial(runs.newest, self._databases[name], most=_MOST))
        # The oldest first, as it happened.
        ended = [run for run in reversed(found) if not run.under_way and run.id not in self._known]
        for run in await self._unsaid(ended):
            details = {"database": name, "kind": run.wish.kind, "state": run.state}
            await self._desk.record_once(WORKER, ENDED, run.id, **details)
            self._known.add(run.id)
        self._known &= {run.id for run in found}
        return not any(run.under_way for run in found)

    async def _unsaid(self, ended: list[runs.Run]) -> list[runs.Run]:
        """Those whose ends belong into the audit log and are not there: all but those of a service that was open."""
        if not ended:
            return []
        noted = await self._said(ENDED, ended)
        self._known |= noted
        # An open service notes nothing: an entry without a signature behind signed ones would look like tampering.
        opened = [run for run in ended if run.wish.by == LOCAL.name]
        begun = await self._said(STARTED, opened)
        return [run for run in ended if run.id not in noted and (run not in opened or run.id in begun)]

    async def _said(self, what: str, about: list[runs.Run]) -> frozenset[str]:
        none: frozenset[str] = frozenset()
        return await self._desk.read(lambda c: audit.said(c, what, [run.id for run in about]), none)
