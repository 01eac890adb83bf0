"""How many requests in how much time: an exact moving window for each key, in the memory of this process.

The library ``limits`` reads the settings; its own window for asyncio costs a task and a thread a hit, some sixty
microseconds of CPU, which is half of what a request may cost here. This one costs one.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from limits import parse

from bothways.errors import TooManyRequests

if TYPE_CHECKING:
    from collections.abc import Callable

OFF: Final = "off"
_MOST_KEYS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    amount: int
    seconds: float

    @classmethod
    def read(cls, text: str) -> Rate | None:
        """A rate from ``600/minute`` or ``5 per 10 seconds``; None for ``off``. Raises ValueError."""
        if text.strip().lower() == OFF:
            return None
        item = parse(text.strip())
        if not 0 < item.amount <= 100_000:
            raise ValueError("a rate is between 1 and 100,000")
        return cls(item.amount, float(item.get_expiry()))


class Hit(NamedTuple):
    """What became of a request: whether it may go on, how many more may, and when one more may at the latest."""

    allowed: bool
    limit: int
    remaining: int
    seconds: int

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The same for clients."""
        return [
            (b"ratelimit-limit", b"%d" % self.limit),
            (b"ratelimit-remaining", b"%d" % self.remaining),
            (b"ratelimit-reset", b"%d" % self.seconds),
        ]


@dataclass(slots=True)
class Window:
    """The moments of each key's last requests."""

    rate: Rate
    clock: Callable[[], float] = time.monotonic
    _moments: dict[str, deque[float]] = field(default_factory=dict)

    def hit(self, key: str) -> Hit:
        """Count a request of that key; one that is refused does not count."""
        now = self.clock()
        moments = self._moments.get(key)
        if moments is None:
            if len(self._moments) >= _MOST_KEYS:
                self._forget(now)
            moments = self._moments[key] = deque()
        since = now - self.rate.seconds
        while moments and moments[0] <= since:
            moments.popleft()
        if len(moments) < self.rate.amount:
            moments.append(now)
            return Hit(True, self.rate.amount, self.rate.amount - len(moments), _up(moments[0] - since))
        return Hit(False, self.rate.amount, 0, _up(moments[0] - since))

    def require_room(self, key: str) -> None:
        """Count nothing; raises TooManyRequests where the next request of that key would be refused."""
        moments = self._moments.get(key) or deque()
        since = self.clock() - self.rate.seconds
        if len(moments) >= self.rate.amount and moments[0] > since:
            raise too_many(Hit(False, self.rate.amount, 0, _up(moments[0] - since)))

    def require(self, key: str) -> None:
        """Count a request of that key; raises TooManyRequests."""
        hit = self.hit(key)
        if not hit.allowed:
            raise too_many(hit)

    def _forget(self, now: float) -> None:
        since = now - self.rate.seconds
        kept = {key: moments for key, moments in self._moments.items() if moments and moments[-1] > since}
        # Whoever fills it with keys on purpose does not get more memory for them.
        self._moments = kept if len(kept) < _MOST_KEYS else {}


def too_many(hit: Hit) -> TooManyRequests:
    """The refusal of a request."""
    return TooManyRequests(
        f"more than {hit.limit} requests in so short a time",
        hint=f"try again in {hit.seconds} second{'s' if hit.seconds != 1 else ''}",
        details={"retry_after": hit.seconds},
    )


def _up(seconds: float) -> int:
    return max(1, -int(-seconds // 1))
