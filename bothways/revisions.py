"""Load and run revisions without env.py, safely from several threads: the only file that uses Alembic's private names.

Alembic keeps "the current migration" in module globals (``alembic.op``, ``alembic.context``), so two threads would run
each other's DDL (measured: they did, in 5 of 5 runs). Here these globals delegate to a context variable instead.
"""

from __future__ import annotations

import time
import traceback
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from alembic import context as alembic_context
from alembic import op as alembic_op
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from bothways.autogenerate import PLUGIN, included
from bothways.connections import translated
from bothways.dialects import dialect_for
from bothways.dialects.reading import OWN_TABLES
from bothways.errors import (
    BothwaysError,
    BrokenHistory,
    DatabaseError,
    DatabaseLocked,
    InvalidRevisionFile,
    IrreversibleRevision,
    MigrationFailed,
    UnknownDatabaseRevision,
    UnknownRevision,
)
from bothways.history import History, Revision, check_syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import sqlalchemy as sa

    from bothways.project import Branch, Database, Project
    from bothways.urls import DatabaseURL

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


def options(database: Database, metadata: sa.MetaData | None = None) -> dict[str, Any]:
    """What ``context.configure`` gets, from env.py and from here alike."""
    capabilities = dialect_for(database.dialect).capabilities
    return {
        "target_metadata": metadata,
        "version_table": database.version_table,
        # One transaction a revision: in one for all, NOT VALID and VALIDATE would fuse under one exclusive lock.
        "transaction_per_migration": True,
        "transactional_ddl": capabilities.transactional_ddl,
        "compare_type": True,
        "compare_server_default": True,
        "render_as_batch": capabilities.file_based,
        "include_name": lambda name, kind, _parents: not (kind == "table" and _ours(name)),
        "include_object": included(database.dialect, _ours),
        "autogenerate_plugins": ["alembic.autogenerate.*", PLUGIN],
        "on_version_apply": (_refuse_violations,),
    }


def _ours(name: str | None) -> bool:
    return str(name or "").startswith(OWN_TABLES)


def _refuse_violations(*, ctx: MigrationContext, **_others: Any) -> None:
    # Runs inside the revision's transaction, so raising takes the whole revision back.
    if ctx.connection is None or ctx.as_sql:
        return
    broken = dialect_for(ctx.dialect.name).violations(ctx.connection)
    if broken:
        raise DatabaseError(
            f"the revision leaves {len(broken)} rows that point at nothing: {'; '.join(broken[:3])}",
            hint="mend the revision; nothing was changed",
            details={"violations": list(broken[:100])},
        )


def script_directory(project: Project, branch: Branch) -> ScriptDirectory:
    """Alembic's view of one branch. Raises InvalidRevisionFile for a file that does not load."""
    history = History.load(branch)
    seen = tuple((r.path, r.path.stat().st_mtime_ns, r.path.stat().st_size) for r in history.revisions)
    return _load_scripts(project, branch, seen)


@lru_cache(maxsize=16)
def _load_scripts(project: Project, branch: Branch, files: tuple[tuple[Path, int, int], ...]) -> ScriptDirectory:
    # Loading runs every file, so a walk over a history would load it once a step; ``files`` makes an edit count.
    for path, _, _ in files:
        check_syntax(path)
    script = ScriptDirectory(str(project.script_location), version_locations=[str(branch.path)])
    try:
        script.get_heads()  # loads every file
    except CommandError as error:
        raise BrokenHistory(str(error), hint=f"see the branch: bothways history --database {branch.name}") from error
    except Exception as error:
        place = _place(error, branch.path)
        raise InvalidRevisionFile(
            f"{place or branch.path.name} does not load: {type(error).__name__}: {error}",
            hint="mend that file: a revision imports alembic and sqlalchemy only",
        ) from error
    return script


def current(connection: sa.Connection, database: Database) -> tuple[str, ...]:
    """The revisions that the database's version table holds."""
    context = MigrationContext.configure(connection, opts={"version_table": database.version_table})
    return tuple(sorted(context.get_current_heads()))


def require_known(history: History, versions: Iterable[str], database: Database) -> None:
    """Raise UnknownDatabaseRevision where the database is at a revision that the branch does not have."""
    for version in versions:
        if version not in history.by_id:
            raise UnknownDatabaseRevision(
                f"database {database.name!r} is at revision {version!r}, "
                f"which branch {history.branch.name!r} does not have",
                hint="update this checkout (git pull), or check that the URL is the right database's: bothways status",
                details={"database": database.name, "revision": version},
            )


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
    with _locked(connection, database):
        if not upgrade_plan(history, _versions(connection, database, history), target):
            return ()
        goal = target if target == "heads" else history.find(target).id
        return _run(connection, project, database, history, "up", goal, on_step)


def upgrade_plan(history: History, versions: Iterable[str], target: str) -> tuple[Revision, ...]:
    """What a database at ``versions`` lacks to be at ``target``, from base to head. Raises UnknownRevision."""
    if not history.revisions:
        return ()
    goals = history.heads if target == "heads" else (history.find(target).id,)
    return history.between(versions, goals)


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
    with _locked(connection, database):
        versions = _versions(connection, database, history)
        if not downgrade_plan(history, versions, target, database):
            return ()
        goal = _downgrade_goal(history, versions, target) or "base"
        return _run(connection, project, database, history, "down", goal, on_step)


def downgrade_plan(
    history: History, versions: tuple[str, ...], target: str, database: Database
) -> tuple[Revision, ...]:
    """What must be undone to bring a database from ``versions`` to ``target``, from head to base.

    Raises UnknownRevision, or IrreversibleRevision if one of them says that it cannot be undone.
    """
    goal = _downgrade_goal(history, versions, target)
    doomed = history.between([goal] if goal else [], versions)[::-1]
    refuse_irreversible(doomed, database)
    return doomed


def refuse_irreversible(revisions: Iterable[Revision], database: Database) -> None:
    """Raise IrreversibleRevision if any of them says that it cannot be undone."""
    for revision in revisions:
        if revision.irreversible:
            raise IrreversibleRevision(
                f"revision {revision.id!r} ({revision.message}) cannot be undone: {revision.irreversible}",
                hint=f"downgrade to {revision.id} at most: bothways downgrade {database.name} {revision.id}",
                details={"revision": revision.id, "reason": revision.irreversible},
            )


def _downgrade_goal(history: History, versions: tuple[str, ...], target: str) -> str | None:
    if target == "base":
        return None
    if target.startswith("-") and target[1:].isdigit():
        place: str | None = versions[0] if versions else None
        for _ in range(int(target[1:])):
            if place is None:
                raise UnknownRevision(f"{target} goes below base", hint="name base to undo everything")
            place = history.by_id[place].down_revision
        return place
    goal = history.find(target)
    if goal.id not in history.ancestors(versions):
        raise UnknownRevision(
            f"{goal.id!r} is not below where the database is ({', '.join(versions) or 'base'})",
            hint="to go up: bothways upgrade",
        )
    return goal.id


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
            connection.rollback()
            dialect.unlock(connection, database.version_table)
            connection.commit()


def _run(
    connection: sa.Connection,
    project: Project,
    database: Database,
    history: History,
    direction: Direction,
    target: str,
    on_step: Callable[[Step], None] | None,
) -> tuple[Step, ...]:
    script = script_directory(project, database.branch)
    done: list[Step] = []
    running: list[Revision] = []

    def steps(heads: Any, _context: MigrationContext) -> Iterator[Any]:
        plan = _plan(script, direction, target, heads)
        for step in plan:
            running[:] = [history.by_id[step.revision.revision]]
            started = time.monotonic()
            if on_step:
                on_step(Step(running[0], direction))
            yield step
            done.append(Step(running[0], direction, time.monotonic() - started))
            if on_step:
                on_step(done[-1])

    context = MigrationContext.configure(connection, opts={**options(database), "fn": steps, "script": script})
    try:
        with _current(context, script), context.begin_transaction():
            context.run_migrations()
    except Exception as error:
        raise _failure(error, running, direction, database) from error
    connection.commit()
    return tuple(done)


def _plan(script: ScriptDirectory, direction: Direction, target: str, heads: Any) -> list[Any]:
    if direction == "up":
        return list(script._upgrade_revs(target, heads))  # noqa: SLF001
    return list(script._downgrade_revs(target, heads))  # noqa: SLF001


def _failure(error: Exception, running: list[Revision], direction: Direction, database: Database) -> BothwaysError:
    if not running:
        if isinstance(error, BothwaysError):
            return error
        return MigrationFailed(f"database {database.name!r}: {_sentence(error)}", hint="bothways doctor")
    revision = running[0]
    place = _place(error, revision.path)
    known = _known(error, database.url) if database.url else None
    transactional = dialect_for(database.dialect).capabilities.transactional_ddl
    left = (
        "its transaction was rolled back, the database is as before it: mend the cause and run the same command again"
        if transactional
        else "this engine commits each DDL statement, so its first statements may have stayed: undo them by hand, "
        "mend the cause and run the same command again"
    )
    return MigrationFailed(
        f"revision {revision.id!r} ({revision.message}) failed on its way {direction} in database {database.name!r}"
        f"{f' at {place}' if place else ''}: {known.message if known else _sentence(error)}",
        hint=left,
        details={
            "database": database.name,
            "revision": revision.id,
            "direction": direction,
            "place": place,
            "sql": getattr(error, "statement", None),
            "cause": known.code if known else type(error).__name__,
        },
    )


def _known(error: Exception, url: DatabaseURL) -> BothwaysError | None:
    try:
        with translated(url):
            raise error
    except BothwaysError as mine:
        return mine
    except Exception:  # noqa: BLE001 - not one of the known: described by its own sentence
        return None


def _sentence(error: BaseException) -> str:
    original = getattr(error, "orig", None) or error
    text = str(original.args[-1] if original.args else original) or type(original).__name__
    return f"{type(original).__name__}: {text.rpartition('>: ')[2].splitlines()[0]}"


def _place(error: BaseException, path: Path) -> str | None:
    """``file.py:line`` of the innermost frame in a revision file (``path`` is the file, or its folder)."""
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if path in (Path(f.filename), Path(f.filename).parent)
    ]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else None


_operations: ContextVar[Operations] = ContextVar("bothways_operations")
_environment: ContextVar[EnvironmentContext] = ContextVar("bothways_environment")
_proxy_lock = Lock()


class _Delegate:
    """Stands in for Alembic's one global proxy; asks the context variable at each use."""

    def __init__(self, variable: ContextVar[Any]) -> None:
        self._variable = variable

    def __getattr__(self, name: str) -> Any:
        return getattr(self._variable.get(), name)


_PROXIES = ((alembic_op, _Delegate(_operations)), (alembic_context, _Delegate(_environment)))


def _install_proxies() -> None:
    with _proxy_lock:
        for module, delegate in _PROXIES:
            module._proxy = delegate  # type: ignore[attr-defined]  # noqa: SLF001
            # Attributes that are no functions (op.migration_context was one) are asked for by PEP 562.
            module.__getattr__ = delegate.__getattr__  # type: ignore[method-assign]


@contextmanager
def _current(context: MigrationContext, script: ScriptDirectory) -> Iterator[None]:
    """Make ``alembic.op`` and ``alembic.context`` mean this migration in this thread."""
    _install_proxies()
    environment = EnvironmentContext(Config(), script)
    environment._migration_context = context  # noqa: SLF001
    tokens = _operations.set(Operations(context)), _environment.set(environment)
    try:
        yield
    finally:
        _operations.reset(tokens[0])
        _environment.reset(tokens[1])
