"""The gate before a pool: as wide as the pool, first come, first served."""

from __future__ import annotations

import asyncio
from typing import NamedTuple


class Load(NamedTuple):
    """A pool at this moment: connections that may be open, those that work, and requests that wait for one."""

    size: int
    in_use: int
    waiting: int


class Gate(asyncio.Semaphore):
    """Lets ``most`` in at once, and can tell how many are in and how many wait."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most

    @property
    def load(self) -> Load:
        """How it is just now."""
        return Load(self.most, self.most - self._value, len(self._waiters or ()))
