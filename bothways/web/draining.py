"""How the service ends: first it says that it is not ready, then it stops listening, and what is under way finishes.

A balancer asks ``/health/ready`` now and then, and goes on sending requests until it has heard. So a signal to end is
kept back for some seconds, in which everything is answered as before but readiness.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from types import FrameType


class Draining:
    """Whether this worker was told to end; ``end`` is called when it stops listening."""

    def __init__(self, seconds: float, end: Callable[[], None]) -> None:
        self.begun = False
        self._seconds = seconds
        self._end = end
        self._before: Any = None

    @asynccontextmanager
    async def heard(self) -> AsyncIterator[None]:
        """While the service runs, hear SIGTERM before the server does."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()

        def told(number: int, frame: FrameType | None) -> None:
            if self.begun:
                self._pass_on(number, frame)
            else:
                self.begun = True
                loop.call_soon_threadsafe(loop.call_later, self._seconds, self._over, number)

        self._before = signal.signal(signal.SIGTERM, told)
        try:
            yield
        finally:
            self._end()
            if signal.getsignal(signal.SIGTERM) is told:
                signal.signal(signal.SIGTERM, self._before)

    def _over(self, number: int) -> None:
        self._end()
        self._pass_on(number, None)

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        if callable(self._before):
            self._before(number, frame)
        else:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
