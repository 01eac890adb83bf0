"""Run revisions on a connection, each in its own transaction, under the database's migration lock."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from alembic.runtime.migration import MigrationContext
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from bothways.dialects import dialect_for
from bothways.errors import DatabaseLocked
from bothways.history import History, Revision
from bothways.revisions.failures import failure
from bothways.revisions.plans import downgrade_goal, downgrade_plan, require_known, upgrade_goals
from bothways.revisions.proxies import current_migration
from bothways.revisions.scripts import options, script_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa
    from alembic.script import ScriptDirectory

    from bothways.project import Database, Project

Direction = Literal["up", "down"]
LOCK_SECONDS = 30.0
"""How long an upgrade waits for another one on the same database."""
_LOCK_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Step:
    """One revision run in one direction; ``seconds`` is None while it runs."""

    revision: Revision
    direction: Direction
    seconds: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The step as JSON-ready data."""
        return {**self.revision.to_dict(), "direction": self.direction, "seconds": self.seconds}


def current(connection: sa.Connection, database: Database) -> tuple[str, ...]:
    """The revisions that the database's version table holds."""
    context = MigrationContext.configure(connection, opts={"version_table": database.version_table})
    return tuple(sorted(context.get_current_heads()))


def upgrade(
    connection: sa.Connection,
    project: Project,
    database: Database,
    target: str = "head",
    *,
    on_step: Callable[[Step], None] | None = None,
) -> tuple[Step, ...]:
    """Run every revision up to ``target``, each in its own transaction; the steps that ran.

    Raises UnknownRevision, UnknownDatabaseRevision, DatabaseLocked or MigrationFailed.
    """
    history = History.load(database.branch)
    run = _Run(connection, project, database, history, "up", on_step)
    with _locked(connection, database):
        goals = upgrade_goals(history, _versions(connection, database, history), target)
        while history.between(_versions(connection, database, history), goals):
            run.go("heads" if target == "heads" else goals[-1])
    return tuple(run.done)


def downgrade(
    connection: sa.Connection,
    project: Project,
    database: Database,
    target: str,
    *,
    on_step: Callable[[Step], None] | None = None,
) -> tuple[Step, ...]:
    """Undo every revision above ``target`` (an id, ``base`` or ``-1``), each in its own transaction.

    Raises IrreversibleRevision before anything runs, UnknownRevision, UnknownDatabaseRevision, DatabaseLocked or
    MigrationFailed.
    """
    history = History.load(database.branch)
    run = _Run(connection, project, database, history, "down", on_step)
    with _locked(connection, database):
        goal = downgrade_goal(history, _versions(connection, database, history), target, database) or "base"
        while downgrade_plan(history, _versions(connection, database, history), goal, database):
            run.go(goal)
    return tuple(run.done)


def _versions(connection: sa.Connection, database: Database, history: History) -> tuple[str, ...]:
    versions = current(connection, database)
    connection.commit()
    require_known(history, versions, database)
    return versions


@contextmanager
def _locked(connection: sa.Connection, database: Database) -> Iterator[None]:
    """Hold the database's migration lock, on the session that migrates, so that it lives as long as its statements."""
    dialect = dialect_for(database.dialect)
    deadline = time.monotonic() + LOCK_SECONDS
    while (holder := dialect.try_lock(connection, database.version_table)) is not None:
        connection.commit()
        if time.monotonic() > deadline:
            raise DatabaseLocked(
                f"another migration of database {database.name!r} has been running for {LOCK_SECONDS:.0f} s: {holder}",
                hint=f"wait for it, then look: bothways status --database {database.name}",
                details={"database": database.name, "holder": holder},
            )
        time.sleep(_LOCK_POLL_SECONDS)
    connection.commit()
    try:
        yield
    finally:
        if not connection.invalidated and not connection.closed:
            # A session that broke gave its lock back by ending, and the reason why it broke is on its way up already.
            with suppress(DBAPIError):
                connection.rollback()
                dialect.unlock(connection, database.version_table)
                connection.commit()


class StoppedError(Exception):
    """Raised by ``on_step`` when it is told that a revision begins: the run ends before it."""


class _OvertakenError(Exception):
    """Another process ran the revision between our plan and our transaction: plan again."""


@dataclass
class _Run:
    """One run of revisions in one direction; ``done`` are the steps that ended."""

    connection: sa.Connection
    project: Project
    database: Database
    history: History
    direction: Direction
    on_step: Callable[[Step], None] | None
    done: list[Step] = field(default_factory=list)
    running: Revision | None = None
    committed: bool = False
    """Whether the revision that runs has committed something by itself, as an ``autocommit_block`` does."""

    def go(self, target: str) -> None:
        """Run until ``target``, or until another process overtakes us."""
        script = script_directory(self.project, self.database.branch)
        context = MigrationContext.configure(
            self.connection,
            opts={
                **options(self.database),
                "script": script,
                "fn": lambda heads, context: self._steps(script, context, target, heads),
            },
        )
        self.running = None
        try:
            with current_migration(context, script), self._commits_noted(), context.begin_transaction():
                context.run_migrations()
        except _OvertakenError:
            self.connection.rollback()
        except StoppedError:
            self.connection.rollback()
            raise
        except Exception as error:
            raise failure(error, self.running, self.direction, self.database, committed=self.committed) from error
        self.connection.commit()

    @contextmanager
    def _commits_noted(self) -> Iterator[None]:
        def noted(_connection: sa.Connection) -> None:
            self.committed = True

        event.listen(self.connection, "commit", noted)
        try:
            yield
        finally:
            event.remove(self.connection, "commit", noted)

    def _steps(self, script: ScriptDirectory, context: MigrationContext, target: str, heads: Any) -> Iterator[Any]:
        ways = {"up": script._upgrade_revs, "down": script._downgrade_revs}  # noqa: SLF001
        for step in ways[self.direction](target, heads):
            revision = self.history.by_id[step.revision.revision]
            step.migration_fn = self._unless_overtaken(revision, context, step.migration_fn)
            # Whoever is told may look at the database or write to it, so nothing is held meanwhile.
            self.connection.commit()
            self._tell(Step(revision, self.direction))
            started = time.monotonic()
            yield step
            self._tell(Step(revision, self.direction, time.monotonic() - started))

    def _unless_overtaken(
        self, revision: Revision, context: MigrationContext, function: Callable[..., Any]
    ) -> Callable[..., Any]:
        # Runs inside the revision's transaction. Where a session lock holds, this only confirms what was planned; on
        # SQLite, whose lock is the transaction, and beside a plain Alembic, it is what keeps two from running it twice.
        def checked(**arguments: Any) -> Any:
            there = revision.id in self.history.ancestors(context.get_current_heads())
            if there is (self.direction == "up"):
                raise _OvertakenError
            self.running, self.committed = revision, False
            return function(**arguments)

        return checked

    def _tell(self, step: Step) -> None:
        if step.seconds is not None:
            self.done.append(step)
        if self.on_step:
            self.on_step(step)
