"""The SQL that revisions send to a database that is a file, heard on a private one where only a database can say it.

Batch mode makes a table anew by what it finds, so it cannot be rendered. A file costs nothing: the branch is walked up
and down once in an empty one.
"""

from __future__ import annotations

import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bothways.connections import call
from bothways.errors import BothwaysError
from bothways.revisions.guard import Now
from bothways.revisions.stepping import Runner
from bothways.urls import DatabaseURL

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bothways.history import History
    from bothways.project import Database, Project

_READS: Final = re.compile(r"\s*(SELECT|PRAGMA|EXPLAIN|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)\b", re.IGNORECASE)

_OF_CATALOG: Final = re.compile(r"\bsqlite_(temp_)?(master|schema)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """What one way of a revision sent; ``reads``: also a question about rows, by whose answer it may send more."""

    statements: tuple[str, ...]
    reads: bool


Heard = dict[tuple[str, str], Said]
"""By revision and way, ``up`` or ``down``."""


def heard(project: Project, database: Database, history: History) -> Heard:
    """What the revisions of a branch send, as far as they run on empty tables; values that are bound stay ``?``."""
    with tempfile.TemporaryDirectory(prefix="bothways-heard-") as folder:
        there = database.on_scratch(DatabaseURL.parse(f"sqlite:///{Path(folder) / 'heard.db'}"))
        # Where not even the file can be made, as on a disk that is full, nothing was heard.
        with suppress(BothwaysError):
            return call(there.require_url(), lambda c: _walked(c, project, there, history), purpose="migrate")
    return Heard()


def _walked(connection: sa.Connection, project: Project, database: Database, history: History) -> Heard:
    now, found = Now(), Heard()
    runner = Runner(connection, project, database, history, now)
    versions = re.compile(rf"\b{re.escape(database.version_table)}\b")

    def said() -> Said:
        reads = any(s.lstrip()[:6].upper() == "SELECT" and not _OF_CATALOG.search(s) for s in now.heard)
        return Said(tuple(s.strip() for s in now.heard if not _READS.match(s) and not versions.search(s)), reads)

    done = []
    # One that fails keeps those that build on it from being heard; what else there is about it, a proof tells.
    with suppress(BothwaysError):
        for revision in history.revisions:
            runner.up(revision)
            done.append(revision)
            found[revision.id, "up"] = said()
    with suppress(BothwaysError):
        for revision in reversed(done):
            runner.down(revision)
            found[revision.id, "down"] = said()
    return found
