"""Runs as data: what was asked for, how it goes, how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from bothways.reports import EXIT_OK

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["upgrade", "downgrade", "verify"]
State = Literal["queued", "running", "succeeded", "failed", "cancelled", "lost"]
RANDOM_LENGTH = 22
"""How much of a run's id comes behind the database's name and a dash."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be run. ``review`` and ``plan`` name what allowed it, for those who ask for that."""

    database: str
    kind: Kind
    target: str | None = None
    by: str | None = None
    review: str | None = None
    plan: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """What is kept of it beside the database and the kind."""
        return {"target": self.target, "by": self.by, "review": self.review, "plan": self.plan}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: in words, where the database is, and the report or the error as the command line's JSON."""

    message: str
    before: tuple[str, ...] | None = None
    after: tuple[str, ...] | None = None
    report: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The outcome as JSON-ready data."""
        return {
            "message": self.message,
            "before": None if self.before is None else list(self.before),
            "after": None if self.after is None else list(self.after),
            "report": self.report,
        }


@dataclass(frozen=True, slots=True)
class Run:
    """One upgrade, downgrade or proof. Times are in milliseconds since 1970, by the database's clock."""

    kind: ClassVar[str] = "run-record/1"
    id: str
    wish: Wish
    state: State
    created: int
    started: int | None = None
    ended: int | None = None
    beat: int | None = None
    cancel: int | None = None
    host: str | None = None
    process: str | None = None
    session: str | None = None
    outcome: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def under_way(self) -> bool:
        """Whether it has the database."""
        return self.state in {"queued", "running"}

    @property
    def exit_code(self) -> int:
        """Always 0: it is a record."""
        return EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The run as JSON-ready data."""
        return {
            "id": self.id,
            "database": self.wish.database,
            "kind": self.wish.kind,
            **self.wish.to_dict(),
            "state": self.state,
            "created_at": moment(self.created),
            "started_at": moment(self.started),
            "ended_at": moment(self.ended),
            "cancel_asked_at": moment(self.cancel),
            "message": self.outcome.get("message"),
            "before": self.outcome.get("before"),
            "after": self.outcome.get("after"),
            "report": self.outcome.get("report"),
        }


@dataclass(frozen=True, slots=True)
class RunsReport:
    """The runs of some databases, newest first."""

    kind: ClassVar[str] = "runs/1"
    runs: tuple[Run, ...]

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {"runs": [run.to_dict() for run in self.runs]}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a run; its number is one more than that of the event before."""

    number: int
    at: int
    kind: str
    data: Mapping[str, Any] = field(hash=False)

    def to_dict(self) -> dict[str, Any]:
        """The event as JSON-ready data."""
        return {"id": self.number, "at": moment(self.at), "event": self.kind, "data": dict(self.data)}


def moment(milliseconds: int | None) -> str | None:
    """A time as people and programs read it: in UTC, to the millisecond."""
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def database_of(run: str) -> str:
    """The name of the database in a run's id; empty where it has none."""
    return run[: -RANDOM_LENGTH - 1] if run[-RANDOM_LENGTH - 1 : -RANDOM_LENGTH] == "-" else ""
