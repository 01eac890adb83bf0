"""The gate before a pool: as wide as the pool, first come, first served."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple


class Load(NamedTuple):
    """A pool at this moment: connections that may be open, those that work, and requests that wait for one."""

    size: int
    in_use: int
    waiting: int


class Gate:
    """Lets ``most`` in at once, and can tell how many are in and how many wait.

    Like a semaphore with a limit of time, but for its timers: under load nearly every request waits for a moment, and
    one timer for all of them costs less than one for each.
    """

    def __init__(self, most: int, wait: float) -> None:
        """Who has waited for ``wait`` seconds is sent away."""
        self.most = most
        self._wait = wait
        self._free = most
        self._waiting: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def load(self) -> Load:
        """How it is just now."""
        waiting = sum(not waiter.done() for _, waiter in self._waiting)
        return Load(self.most, self.most - self._free, waiting)

    def enter_now(self) -> bool:
        """Go in, if there is room."""
        if self._free > 0:
            self._free -= 1
            return True
        return False

    async def enter(self) -> None:
        """Go in, perhaps after a while. Raises TimeoutError."""
        if self.enter_now():
            return
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        until = loop.time() + self._wait
        self._waiting.append((until, waiter))
        if self._timer is None:
            self._timer = loop.call_at(until, self._send_away)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.leave()  # its turn had just come
            raise

    def leave(self) -> None:
        """Let the next one in."""
        while self._waiting:
            _, waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1

    def _send_away(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting and self._waiting[0][0] <= loop.time():
            _, waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(TimeoutError())
        self._timer = loop.call_at(self._waiting[0][0], self._send_away) if self._waiting else None
