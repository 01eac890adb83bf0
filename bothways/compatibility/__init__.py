"""Whether a database fits code that was written for some revision: equal, behind, or ahead, compatibly or not.

A revision is breaking for older code unless each of its statements is known to be harmless to it: a new table, a new
column that may be left out, an index that is not unique, a comment, a plain change of rows, the validation of a
constraint that is there already, or anything that concerns only tables made since, or Bothways' own. What drops,
renames, narrows or cannot be read is breaking.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from bothways.dialects.effects import Effect, effects
from bothways.dialects.reading import OWN_TABLES
from bothways.history import History
from bothways.status import look

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bothways.compatibility.rendering import Rendered, Renderings
    from bothways.headers import Revision
    from bothways.project import Database, Project

State = Literal["equal", "behind", "ahead-compatible", "ahead-breaking"]
_MOST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Judged:
    """What a revision that the asked one does not have means for code that knows only the asked one."""

    revision: Revision
    breaking: bool
    reasons: tuple[str, ...]
    """The statements that break it, or why they cannot be known."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How a database stands to a revision."""

    state: State
    current: tuple[str, ...]
    asked: str | None
    pending: tuple[str, ...] = ()
    """What it lacks to have the asked revision."""
    ahead: tuple[Judged, ...] = ()
    """What it has beyond it."""
    unknown: tuple[str, ...] = ()
    """Revisions that it is at and this checkout does not have."""


def fit(database: Database, history: History, renderings: Renderings, asked: str = "", timeout: float = 5.0) -> Fit:
    """How a database stands to a revision, by default the branch's head.

    Raises UnknownRevision or AmbiguousRevision, and a DatabaseError where the database cannot be looked at.
    """
    wanted = history.find(asked) if asked else history.head
    current = look(database, timeout).versions
    name = wanted.id if wanted else None
    unknown = tuple(v for v in current if v not in history.by_id)
    if unknown:
        return Fit("ahead-breaking", current, name, unknown=unknown)
    goal = [name] if name else []
    if pending := history.between(current, goal):
        return Fit("behind", current, name, pending=tuple(r.id for r in pending))
    beyond = history.between(goal, current)
    judged = judge(database.dialect, renderings, history, beyond)
    state: State = (
        "equal" if not beyond else "ahead-breaking" if any(j.breaking for j in judged) else "ahead-compatible"
    )
    return Fit(state, current, name, ahead=judged)


def judge(dialect: str, renderings: Renderings, history: History, revisions: Iterable[Revision]) -> tuple[Judged, ...]:
    """What each of some revisions, which run one after another, means for code that knows none of them."""
    revisions = tuple(revisions)
    found = renderings.of(history, revisions)
    # Together, since what one makes the next may change.
    told = iter(effects([s for r in revisions for s in found[r.id].up.statements], dialect))
    return tuple(_judged(r, found[r.id].up, told) for r in revisions)


def _judged(revision: Revision, rendered: Rendered, told: Iterator[Effect]) -> Judged:
    own = islice(told, len(rendered.statements))
    reasons = [" ".join(e.statement.split())[:_MOST_TEXT] for e in own if not e.compatible]
    if rendered.problem:
        reasons.append(rendered.problem)
    return Judged(revision, bool(reasons), tuple(reasons))


def concerned(
    dialect: str, renderings: Renderings, history: History, revisions: Iterable[Revision]
) -> dict[str, frozenset[str] | None]:
    """The tables whose shape each revision changes, by its id; None is any."""
    revisions = tuple(revisions)
    found = renderings.of(history, revisions)
    return {r.id: _concerned(found[r.id].up, effects(found[r.id].up.statements, dialect)) for r in revisions}


def _concerned(rendered: Rendered, told: Iterable[Effect]) -> frozenset[str] | None:
    if rendered.problem:
        return None
    tables: set[str] = set()
    for effect in told:
        if effect.tables is None:
            return None
        tables |= effect.tables
    return frozenset(name for name in tables if not name.startswith(OWN_TABLES))


def history_of(project: Project, name: str) -> tuple[Database, History]:
    """A database of the project and its branch's history. Raises UnknownDatabase or a HistoryError."""
    database = project.database(name)
    return database, History.load(database.branch)
