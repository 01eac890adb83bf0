"""What happens in runs, for those who watch: a few looks a second at the database, for all of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import anyio
import anyio.to_thread

from bothways import runs
from bothways.connections import call
from bothways.errors import DatabaseError
from bothways.runs import records

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bothways.project import Project

_LOOK_SECONDS: Final = 0.3
_SETTLE_SECONDS: Final = 3.0
"""How often it is asked whether a silent run's worker is still there."""
_LOOKS_AT_ONCE: Final = 4
LAST: Final = "ended"
"""The kind of a run's last event."""


@dataclass
class _Feed:
    """The events of a run that somebody watches."""

    events: list[runs.Event] = field(default_factory=list)
    watchers: int = 0
    looked: float = 0.0
    settled: float = 0.0
    lock: anyio.Lock = field(default_factory=anyio.Lock)

    @property
    def last(self) -> int:
        return self.events[-1].number if self.events else 0


class Feeds:
    """The runs that are watched."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._feeds: dict[str, _Feed] = {}
        self._threads = anyio.CapacityLimiter(_LOOKS_AT_ONCE)

    async def find(self, run: str) -> runs.Run:
        """The run of that id. Raises NotFound, or a DatabaseError."""
        return await anyio.to_thread.run_sync(runs.find, self._project, run, limiter=self._threads)

    async def after(self, run: str, number: int) -> AsyncIterator[tuple[runs.Event, ...]]:
        """The events behind the one of that number, as they happen, up to the run's last; nothing now and then."""
        feed = self._feeds.setdefault(run, _Feed())
        feed.watchers += 1
        try:
            while True:
                await self._look(run, feed)
                news = tuple(event for event in feed.events if event.number > number)
                yield news
                number = news[-1].number if news else number
                if feed.events and feed.events[-1].kind == LAST:
                    return
                await anyio.sleep(_LOOK_SECONDS)
        finally:
            feed.watchers -= 1
            if not feed.watchers:
                self._feeds.pop(run, None)

    async def _look(self, run: str, feed: _Feed) -> None:
        async with feed.lock:
            now = time.monotonic()
            if now - feed.looked < _LOOK_SECONDS:
                return
            feed.looked = now
            try:
                if now - feed.settled > _SETTLE_SECONDS:
                    feed.settled = now
                    await self.find(run)
                feed.events += await anyio.to_thread.run_sync(
                    partial(self._read, run, feed.last), limiter=self._threads
                )
            except DatabaseError:
                # It may be away for a moment; whoever watches hears that we are still here.
                return

    def _read(self, run: str, number: int) -> tuple[runs.Event, ...]:
        url = self._project.database(runs.database_of(run)).require_url()
        return call(url, lambda c: records.events(c, run, number))
