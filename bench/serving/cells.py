"""The measured cells: one operation of one contender in one round, and what the rounds say together."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.serving.contenders import BARE, BOTHWAYS, FASTCRUD, HAND_WRITTEN, OPERATIONS
from bench.serving.processes import cpu_of, processes_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.serving.contenders import Contender
    from bench.serving.load import Ask, Client

GOALS: dict[str, dict[str, float]] = {
    HAND_WRITTEN: {"get": 6, "page": 6, "post": 10, "patch": 10},
    FASTCRUD: dict.fromkeys(OPERATIONS, 12),
}
"""How many times our CPU a request the other should need at least, on PostgreSQL."""
ABOVE_BARE = 1.6
"""How many times that of the bare application our CPU a request may be, on PostgreSQL."""
TAIL = 6.0
"""How many times p50 our p99 may be."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One load: answers a second, CPU microseconds a request (service, database server), latency in milliseconds."""

    rate: float
    cpu: float
    server_cpu: float
    p50: float
    p99: float
    trouble: str | None

    @property
    def tail(self) -> float:
        """How many times p50 the p99 is."""
        return self.p99 / self.p50 if self.p50 else 0.0


@dataclass(frozen=True, slots=True)
class Size:
    """How large a load is: connections, seconds of warm-up and of measuring, most answers."""

    connections: int = 32
    warm: float = 0.4
    seconds: float = 2.0
    most: int = 20_000


def cell(served: Contender, asks: list[Ask], client: Client, size: Size, server: Path | None) -> Cell:
    """Warm a service up and measure it; the CPU of ``server`` is that of the private database server in that folder."""
    port = served.service.port
    client.load(port, asks, connections=size.connections, seconds=size.warm, most=size.most)
    there = processes_of(server)
    ours, theirs = served.service.cpu(), cpu_of(there)
    done = client.load(port, asks, connections=size.connections, seconds=size.seconds, most=size.most)
    ours, theirs = served.service.cpu() - ours, cpu_of(there) - theirs
    each = 1e6 / max(1, done.answers)
    return Cell(done.answers / done.seconds, ours * each, theirs * each, done.p50 * 1e3, done.p99 * 1e3, done.trouble)


@dataclass
class Results:
    """Every cell of one engine, by operation and contender, in the order of the rounds."""

    server: str
    rows: int
    labels: tuple[str, ...]
    judged: bool
    """Whether the goals are about this engine."""
    cells: dict[tuple[str, str], list[Cell]] = field(default_factory=dict)
    statements: dict[tuple[str, str], float | None] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)

    def add(self, operation: str, label: str, measured: Cell) -> None:
        """Keep a cell."""
        self.cells.setdefault((operation, label), []).append(measured)

    def middle(self, operation: str, label: str, name: str) -> float:
        """The median of a figure over the rounds."""
        return median(getattr(c, name) for c in self.cells[operation, label])

    def ratio(self, operation: str, label: str, name: str = "cpu") -> float:
        """How many times our figure that of another is: the median of the rounds, each compared with itself."""
        pairs = zip(self.cells[operation, label], self.cells[operation, BOTHWAYS], strict=True)
        return median(getattr(theirs, name) / getattr(ours, name) for theirs, ours in pairs)

    @property
    def troubles(self) -> list[str]:
        """Which figures do not count, and why."""
        return [
            f"{label} {operation}: {c.trouble}"
            for (operation, label), all_ in self.cells.items()
            for c in all_
            if c.trouble
        ]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data; the figures are medians of the rounds."""
        figures = [
            {
                "operation": operation,
                "contender": label,
                "requests_a_second": round(self.middle(operation, label, "rate"), 1),
                "cpu_us": round(self.middle(operation, label, "cpu"), 1),
                "server_cpu_us": round(self.middle(operation, label, "server_cpu"), 1),
                "p50_ms": round(self.middle(operation, label, "p50"), 3),
                "p99_ms": round(self.middle(operation, label, "p99"), 3),
                "p99_by_p50": round(self.middle(operation, label, "tail"), 2),
                "statements": self.statements.get((operation, label)),
                "cpu_times_ours": round(self.ratio(operation, label), 2),
                "rounds": [c.cpu for c in self.cells[operation, label]],
            }
            for operation, label in self.cells
        ]
        memory = {label: round(size / 2**20, 1) for label, size in self.memory.items()}
        return {
            "server": self.server,
            "rows": self.rows,
            "figures": figures,
            "memory_mib": memory,
            "goals": [{"goal": words, "met": met} for words, met in self.goals()],
            "troubles": self.troubles,
        }

    def goals(self) -> Iterator[tuple[str, bool]]:
        """The goals that can be judged by these figures, in words, and whether they are met."""
        operations = [operation for operation in OPERATIONS if (operation, BOTHWAYS) in self.cells]
        for label, goals in GOALS.items() if self.judged else ():
            for operation in operations if label in self.labels else ():
                ratio, goal = self.ratio(operation, label), goals[operation]
                yield f"{operation}: CPU of {label} {ratio:.1f} times ours (goal {goal:g})", ratio >= goal
        for operation in operations if self.judged and BARE in self.labels else ():
            ratio = 1 / self.ratio(operation, BARE)
            words = f"{operation}: our CPU {ratio:.2f} times that of {BARE} (goal at most {ABOVE_BARE:g})"
            yield words, ratio <= ABOVE_BARE
        for operation in operations:
            tail = self.middle(operation, BOTHWAYS, "tail")
            yield f"{operation}: p99 is {tail:.1f} times p50 (goal at most {TAIL:g})", tail <= TAIL
