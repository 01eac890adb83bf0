"""Apply revisions to a database of the project, up or down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from bothways.connections import call
from bothways.dialects import dialect_for
from bothways.errors import DatabaseMissing
from bothways.history import History, Revision
from bothways.reports import EXIT_OK
from bothways.revisions import Direction, Step, current, downgrade_plan, require_known, upgrade_plan
from bothways.revisions import downgrade as run_down
from bothways.revisions import upgrade as run_up
from bothways.revisions.plans import upgrade_goals

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from bothways.project import Database, Project


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did, or (``dry_run``) would do. ``before`` and ``after`` are the version table's rows.

    ``made`` is the file that was made for the database; ``above`` is the revision that an upgrade was asked for and the
    database has long passed.
    """

    kind: ClassVar[str] = "run/1"
    database: str
    direction: Direction
    before: tuple[str, ...]
    after: tuple[str, ...]
    steps: tuple[Step, ...]
    dry_run: bool = False
    made: str | None = None
    above: str | None = None

    @property
    def exit_code(self) -> int:
        """Always 0: a run that fails raises."""
        return EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {
            "database": self.database,
            "direction": self.direction,
            "before": list(self.before),
            "after": list(self.after),
            "steps": [s.to_dict() for s in self.steps],
            "dry_run": self.dry_run,
            # Who sees it over HTTP is not told where the database is.
            "made": self.made is not None,
            "above": self.above,
        }


def upgrade(
    project: Project,
    database: Database,
    target: str = "head",
    *,
    dry_run: bool = False,
    on_step: Callable[[Step], None] | None = None,
    on_start: Callable[[sa.Connection], None] | None = None,
) -> RunReport:
    """Bring a database up to ``target``; ``on_start`` is given the connection first.

    Raises what :func:`bothways.revisions.upgrade` raises, and a DatabaseError where the database cannot be reached.
    """
    history = History.load(database.branch)
    made = _file_to_make(database)

    def told(report: RunReport) -> RunReport:
        return replace(report, made=made, above=_passed(history, report, target))

    if dry_run:
        return told(_dry(database, history, "up", lambda versions: upgrade_plan(history, versions, target)))

    def run(connection: sa.Connection) -> RunReport:
        if on_start:
            on_start(connection)
        before = _look(connection, database)
        steps = run_up(connection, project, database, target, on_step=on_step)
        return RunReport(database.name, "up", before, _look(connection, database), steps)

    return told(call(database.require_url(), run, purpose="migrate"))


def downgrade(
    project: Project,
    database: Database,
    target: str,
    *,
    dry_run: bool = False,
    on_step: Callable[[Step], None] | None = None,
    on_start: Callable[[sa.Connection], None] | None = None,
) -> RunReport:
    """Take a database down to ``target``: a revision, ``base`` or ``-1``; ``on_start`` is given the connection first.

    Raises what :func:`bothways.revisions.downgrade` raises, and a DatabaseError where the database cannot be reached.
    """
    history = History.load(database.branch)
    if _file_to_make(database):
        # What is not there has nothing to undo, and is not made for that: a reader raises.
        call(database.require_url(), lambda connection: connection.rollback())
    if dry_run:
        return _dry(database, history, "down", lambda versions: downgrade_plan(history, versions, target, database))

    def run(connection: sa.Connection) -> RunReport:
        if on_start:
            on_start(connection)
        before = _look(connection, database)
        steps = run_down(connection, project, database, target, on_step=on_step)
        return RunReport(database.name, "down", before, _look(connection, database), steps)

    return call(database.require_url(), run, purpose="migrate")


def _file_to_make(database: Database) -> str | None:
    path = database.require_url().database
    return path if dialect_for(database.dialect).capabilities.file_based and not Path(path).exists() else None


def _passed(history: History, report: RunReport, target: str) -> str | None:
    """The revision that was asked for, where nothing had to run because the database is above it.

    Where another upgrade ran meanwhile, the database is where that brought it.
    """
    goals = () if report.steps else upgrade_goals(history, report.before, target)
    return goals[0] if goals and not set(goals) & set(report.after) else None


def _look(connection: sa.Connection, database: Database) -> tuple[str, ...]:
    versions = current(connection, database)
    connection.commit()
    return versions


def _dry(
    database: Database,
    history: History,
    direction: Direction,
    plan: Callable[[tuple[str, ...]], tuple[Revision, ...]],
) -> RunReport:
    try:
        before = call(database.require_url(), lambda c: current(c, database))
    except DatabaseMissing:
        if not dialect_for(database.dialect).capabilities.file_based:
            raise
        before = ()
    require_known(history, before, database)
    steps = tuple(Step(r, direction) for r in plan(before))
    after = before
    if steps:
        last = steps[-1].revision
        after = (last.id,) if direction == "up" else last.parents
    return RunReport(database.name, direction, before, after, steps, dry_run=True)
