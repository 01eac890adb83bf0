"""The SQL that a revision sends, without a database: what ``alembic upgrade --sql`` would write for it alone.

Where it takes a database to say and one is a file, what it sends to a private one is taken instead (``heard.py``).

A revision's code runs for that. ``python -m bothways.revisions.offline CONFIG BRANCH ID…`` does it in a process of its
own and writes one line of JSON for each, in that order; see ``bothways/compatibility/rendering.py``.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alembic.runtime.migration import MigrationContext
from alembic.util import load_python_file

from bothways.dialects import dialect_for
from bothways.revisions.guard import ForbiddenError, Now, step
from bothways.revisions.heard import heard
from bothways.revisions.proxies import current_migration
from bothways.revisions.scripts import options, unread_scripts

if TYPE_CHECKING:
    from bothways.history import Revision
    from bothways.project import Database, Project
    from bothways.revisions.heard import Heard, Said


@dataclass(frozen=True, slots=True)
class Way:
    """The statements of one direction; ``problem`` says why they cannot be told without a database."""

    statements: tuple[str, ...] = ()
    problem: str | None = None
    asks: bool = False
    """It takes a database to say."""

    def to_dict(self) -> dict[str, Any]:
        """The way as JSON-ready data."""
        return {"statements": list(self.statements), "problem": self.problem}


class _Statements:
    """In the place of Alembic's output: each thing written is one statement."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def write(self, text: str) -> None:
        if statement := text.strip().removesuffix(";").rstrip():
            self.found.append(statement)

    def flush(self) -> None:
        """Nothing is kept back."""


def render(project: Project, database: Database, revision: Revision, direction: str) -> Way:
    """The statements of a revision's way ``up`` or ``down``. Its code runs here; what it raises is the ``problem``."""
    out = _Statements()
    script = unread_scripts(project, database.branch)
    opts = {
        **options(database),
        "script": script,
        "as_sql": True,
        "literal_binds": True,
        "output_buffer": out,
        "on_version_apply": (),
    }
    try:
        # With a driver's own way to mark parameters each percent sign would stand twice.
        context = MigrationContext.configure(
            dialect_name=database.dialect, dialect_opts={"paramstyle": "named"}, opts=opts
        )
        with current_migration(context, script), step(Now(), revision, direction):
            module = load_python_file(str(revision.path.parent), revision.path.name)
            getattr(module, f"{direction}grade")(**database.run_arguments)
    except ForbiddenError as error:
        return Way(tuple(out.found), str(error))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - other people's code; without a database much may fail
        return Way(tuple(out.found), f"it needs a database to say ({type(error).__name__})", asks=True)
    return Way(tuple(out.found))


def _with(way: Way, said: Said | None) -> Way:
    if said is None or not way.asks:
        return way
    return Way(said.statements, "it asks about rows, and may send more where there are some" if said.reads else None)


def main() -> None:
    """Render the revisions that the arguments name."""
    from bothways.history import History
    from bothways.project import Project

    # A revision that prints must not write between our lines.
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    config, branch, *ids = sys.argv[1:]
    project = Project.load(config)
    history = History.load(project.branch(branch))
    database = next(d for d in project.databases if d.branch.name == branch)
    said: Heard | None = None
    for name in ids:
        revision = history.by_id[name]
        ways = {way: render(project, database, revision, way) for way in ("up", "down")}
        if any(way.asks for way in ways.values()) and dialect_for(database.dialect).capabilities.file_based:
            said = heard(project, database, history) if said is None else said
            ways = {k: _with(way, said.get((name, k))) for k, way in ways.items()}
        lines.write(json.dumps({k: way.to_dict() for k, way in ways.items()}) + "\n")
        lines.flush()
    lines.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
