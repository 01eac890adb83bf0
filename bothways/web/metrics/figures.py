"""What a worker counts. It is on the path of every request: a look into a dictionary and two additions."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bothways.crud.gate import Load

BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds up to which a request falls into each class; there is one more class for what took longer."""
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NO_ROUTE: Final = "none"


@dataclass(frozen=True, slots=True)
class Taken:
    """The figures of a worker at one moment, as data that can be written down.

    Each row begins with what it is about: method, route and status of requests, else the database.
    """

    requests: Sequence[Sequence[Any]] = ()
    statements: Sequence[Sequence[Any]] = ()
    pools: Sequence[Sequence[Any]] = ()
    under_way: int = 0
    living: bool = True
    """Whether the worker still serves; what it has counted stays."""

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON-ready data."""
        return asdict(self)


@dataclass(slots=True)
class Figures:
    """What one worker has counted since it began."""

    requests: dict[tuple[str, str, int], list[float]] = field(default_factory=dict)
    """By method, route and status: how many fell into each class of duration, and the seconds of all together."""
    statements: dict[str, list[float]] = field(default_factory=dict)
    """By database: how many, and their seconds."""
    pools: Callable[[], Mapping[str, Load]] = dict
    under_way: Callable[[], int] = int

    def request(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count a request."""
        row = self.requests.get((method, route or _NO_ROUTE, status)) or self._row(method, route, status)
        row[bisect_left(BOUNDS, seconds)] += 1
        row[-1] += seconds

    def statement(self, database: str, _ask: object) -> Callable[[object], None]:
        """Count a statement when it has ended; it comes from several threads, so a figure may be off by one."""
        row = self.statements.get(database) or self.statements.setdefault(database, [0.0, 0.0])
        started = perf_counter()

        def ended(_failure: object) -> None:
            row[0] += 1
            row[1] += perf_counter() - started

        return ended

    def taken(self) -> Taken:
        """The figures of this moment."""
        return Taken(
            [[*key, *row] for key, row in self.requests.items()],
            [[name, *row] for name, row in self.statements.items()],
            [[name, *load] for name, load in self.pools().items()],
            self.under_way(),
        )

    def _row(self, method: str, route: str | None, status: int) -> list[float]:
        # A caller may invent methods, and every new one would cost memory for ever.
        known = method if method in _METHODS else "other"
        return self.requests.setdefault((known, route or _NO_ROUTE, status), [0.0] * (len(BOUNDS) + 2))


def together(rows: Iterable[Sequence[Any]], names: int) -> dict[tuple[str, ...], list[float]]:
    """The sums of rows that are about the same; the first ``names`` of each say what it is about."""
    sums: dict[tuple[str, ...], list[float]] = {}
    for row in rows:
        key, figures = tuple(map(str, row[:names])), row[names:]
        known = sums.get(key, [0.0] * len(figures))
        sums[key] = [a + b for a, b in zip(known, figures, strict=True)]
    return sums
