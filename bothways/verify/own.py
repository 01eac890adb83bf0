"""The project's own rows and invariants: functions ``rows(at)`` and ``invariants(at)`` of a module beside its models.

The ini names the module (``bothways.proofs = schema.proofs``). ``rows`` inserts what no planted row would be;
``invariants`` says what of the data is wrong at some revision.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bothways.dialects.plantable import index
from bothways.errors import BothwaysError, ConfigurationError, MigrationFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from bothways.project import Project
    from bothways.snapshot import Snapshot

T = TypeVar("T")
ROWS, INVARIANTS = "rows", "invariants"


@dataclass(frozen=True, slots=True)
class At:
    """Where a proof stands: a scratch database at one revision."""

    connection: sa.Connection
    database: str
    """The section of the ini."""
    dialect: str
    revision: str
    """The id of the revision that the database is at; empty before the first."""
    snapshot: Snapshot

    def has(self, name: str) -> bool:
        """Whether the database has the ``table`` or the ``table.column`` of that name at this revision."""
        if name in index(self.snapshot).tables:
            return True
        return f"column:{name}" in self.snapshot.objects


@dataclass(frozen=True, slots=True)
class Own:
    """The functions that a project's module defines."""

    module: str
    path: Path | None
    rows: Callable[[At], object] | None = None
    invariants: Callable[[At], object] | None = None

    def plant(self, at: At) -> None:
        """Run ``rows``, in the caller's transaction. Raises MigrationFailed with file and line for what it raises."""
        if self.rows is not None:
            with_place(self, ROWS, self.rows, at)

    def violations(self, at: At) -> tuple[str, ...]:
        """What ``invariants`` says is violated: the sentences that it yields or returns, or its AssertionError.

        Raises MigrationFailed with file and line for anything else that it raises.
        """
        if self.invariants is None:
            return ()
        function = self.invariants
        return with_place(self, INVARIANTS, lambda at: _sentences(self, function, at), at)


def load(project: Project) -> Own | None:
    """The project's own functions; None where its ini names no module.

    Raises ConfigurationError for a module that cannot be imported or that defines neither function.
    """
    name = project.proofs
    if not name:
        return None
    if str(project.root) not in sys.path:
        sys.path.insert(0, str(project.root))
    try:
        module = importlib.import_module(name)
    except Exception as error:
        raise ConfigurationError(
            f"the proofs at {name!r} cannot be imported: {type(error).__name__}: {error}",
            hint=f'run: python -c "import {name}"',
        ) from error
    found: dict[str, Any] = {n: getattr(module, n, None) for n in (ROWS, INVARIANTS)}
    if not any(callable(f) for f in found.values()):
        raise ConfigurationError(
            f"the module {name!r} defines neither rows(at) nor invariants(at)",
            hint="define one of them, or remove bothways.proofs from the ini",
        )
    return Own(name, _path(module), found[ROWS], found[INVARIANTS])


def _path(module: Any) -> Path | None:
    return Path(module.__file__) if getattr(module, "__file__", None) else None


def with_place(own: Own, name: str, function: Callable[[At], T], at: At) -> T:
    """Call a function of the project; what it raises becomes a MigrationFailed that names its file and line."""
    try:
        return function(at)
    except BothwaysError:
        raise
    except Exception as error:
        place = _place(own, error)
        said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise MigrationFailed(
            f"{name}(at) of {own.module} failed at revision {at.revision!r} in database {at.database!r}"
            f"{f' at {place}' if place else ''}: {type(error).__name__}: {said}",
            hint=f"mend {place or own.module}; at.has(...) tells whether a table or column is there at this revision",
            details={"database": at.database, "revision": at.revision, "place": place},
        ) from error


def _sentences(own: Own, function: Callable[[At], object], at: At) -> tuple[str, ...]:
    found: list[str] = []
    try:
        given: Any = function(at)
        found.extend(map(str, () if given is None else (given,) if isinstance(given, str) else given))
    except AssertionError as error:
        place = _place(own, error)
        found.append(str(error).partition("\n")[0] or f"an assertion of {own.module} does not hold ({place})")
    return tuple(found)


def _place(own: Own, error: BaseException) -> str | None:
    """The last line of the module that the exception came through, as ``proofs.py:12``."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if own.path and f.filename == str(own.path)]
    return f"{own.path.name}:{lines[-1]}" if own.path and lines else None
