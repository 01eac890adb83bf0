"""Start, find, cancel and settle runs: what a command line and a service do, in any process.

A run's worker is a process of its own session, so it outlives whoever started it. Where the worker is gone without a
word, whoever looks next writes that the run is ``lost``, and where the database really is.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, TypeVar

from bothways.connections import CONNECT_SECONDS, call
from bothways.dialects import dialect_for
from bothways.errors import (
    Conflict,
    DatabaseLocked,
    DatabaseMissing,
    InvalidRequest,
    NotFound,
    RunUnderWay,
)
from bothways.history import History
from bothways.processes import alive, host, identity, pid_of
from bothways.runs import records
from bothways.runs.places import left_behind, standing, whereabouts
from bothways.runs.run import Outcome, Run, State, Wish, database_of
from bothways.runs.tables import LEDGER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import sqlalchemy as sa

    from bothways.project import Database, Project

T = TypeVar("T")
GRACE_SECONDS = 10.0
"""How long a revision may go on after its run is asked to end; then its process is killed."""
SILENT_SECONDS = 15.0
"""After so long without a word a worker on another machine counts as gone."""
SILENT_FILE_SECONDS = 600.0
"""The same where the database is a file: nobody can write to it while a revision runs."""
BORN_SECONDS = 30.0
"""So long a worker may take to begin."""
_MARGIN_SECONDS = 5.0
_FILE_SECONDS = 0.5


def start(
    project: Project,
    wish: Wish,
    *,
    policies: Iterable[Callable[[Wish], None]] = (),
    grace: float = GRACE_SECONDS,
) -> Run:
    """Record a run and start its worker.

    ``policies`` may refuse it by raising a BothwaysError. Raises UnknownDatabase, UnknownRevision, IrreversibleRevision
    or InvalidRequest for what cannot be run, RunUnderWay where another run has the database, and a DatabaseError where
    it cannot be reached.
    """
    database = project.database(wish.database)
    plan = planned(project, database, wish)
    for policy in policies:
        policy(wish)
    run = _added(project, database, wish, plan)
    _start_worker(project, database, run, grace)
    return run


def planned(project: Project, database: Database, wish: Wish) -> tuple[str, ...]:
    """The revisions that a run would be about, in order. Raises as :func:`start` does."""
    if wish.kind == "verify":
        from bothways.verify.selection import everything, named

        history = History.load(database.branch)
        choose = named(wish.target, [history]) if wish.target else everything
        return tuple(r.id for r in choose(history))
    from bothways import apply

    if wish.kind == "downgrade" and not wish.target:
        fault = {"loc": ["body", "target"], "type": "missing", "msg": "a downgrade needs a target"}
        raise InvalidRequest("say how far down: a revision, base or -1", details={"errors": [fault]})
    verb = apply.upgrade if wish.kind == "upgrade" else apply.downgrade
    report = verb(project, database, wish.target or "head", dry_run=True)
    return tuple(step.revision.id for step in report.steps)


def find(project: Project, run: str) -> Run:
    """The run of that id, as it is now. Raises NotFound, or a DatabaseError."""
    name = database_of(run)
    database = next((d for d in project.databases if d.name == name and d.url is not None), None)
    found = None if database is None else _read(database, lambda c: records.find(c, run), None)
    if database is None or found is None:
        raise NotFound(f"there is no run {run!r}", hint="list them: bothways run list, or over HTTP /api/v1/runs")
    return settled(database, found)


def newest(
    database: Database, state: str | None = None, most: int = 50, before: tuple[int, str] | None = None
) -> tuple[Run, ...]:
    """The newest runs of a database, newest first, as they are now; ``before``: when one was made, and its id.

    Raises a DatabaseError.
    """
    if state is not None:
        # The one that has the database may turn out to be lost, and then it is in another state.
        holder = _read(database, records.holder, None)
        if holder is not None and holder.wish.database == database.name:
            settled(database, holder)
    runs: tuple[Run, ...] = _read(database, lambda c: records.newest(c, database.name, state, most, before), ())
    return runs if state is not None else tuple(settled(database, run) for run in runs)


def cancel(project: Project, run: str, *, grace: float = GRACE_SECONDS) -> Run:
    """Ask a run to end: between two revisions, or after ``grace`` seconds in the middle of one.

    Where it was asked before and has not even ended then, its processes are killed here, if they are on this machine.
    Raises NotFound, and Conflict where it has ended already.
    """
    found = find(project, run)
    if not found.under_way:
        raise Conflict(f"the run has ended: {found.state}", details={"run": run, "state": found.state})
    database = project.database(found.wish.database)
    here = found.host == host() and found.process is not None and alive(found.process)
    if here and found.process:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid_of(found.process), signal.SIGTERM)
    files = dialect_for(database.dialect).capabilities.file_based
    patience = _FILE_SECONDS if here and files else CONNECT_SECONDS
    try:
        call(database.require_url(), lambda c: records.ask_to_end(c, run), purpose="write", timeout=patience)
    except DatabaseLocked:
        # A file that a revision writes to takes nobody else's word; the signal has told the worker.
        if not here:
            raise
    if here and found.cancel is not None and _seconds_since(database, found.cancel) > grace + _MARGIN_SECONDS:
        _close(database, found, "cancelled", "its processes did not end by themselves and were killed")
    return find(project, run)


def settled(database: Database, run: Run) -> Run:
    """The run as it is; one whose worker is gone is written down as lost first."""
    if not run.under_way or not _gone(database, run):
        return run
    _close(database, run, "lost", "the process that ran it ended without a word")
    url = database.require_url()
    return call(url, lambda c: records.find(c, run.id)) or run


def _close(database: Database, run: Run, state: State, why: str) -> None:
    if run.process and run.host == host():
        _kill_group(run.process)
    after = whereabouts(database, run.session)
    words = f"{why}; {standing(database, after)}"
    if run.wish.kind != "verify" and run.session is not None:
        words += f"; {left_behind(database)}"
    call(
        database.require_url(),
        lambda c: records.end(c, run.id, state, Outcome(words, after=after)),
        purpose="write",
    )


def _kill_group(process: str) -> None:
    """End what is left of a worker's session; never a stranger's that was given its number."""
    pid = pid_of(process)
    if identity(pid) in {None, process}:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _gone(database: Database, run: Run) -> bool:
    if run.process is not None and run.host == host():
        return not alive(run.process)
    patience = BORN_SECONDS
    if run.process is not None:
        files = dialect_for(database.dialect).capabilities.file_based
        patience = SILENT_FILE_SECONDS if files else SILENT_SECONDS
    return _seconds_since(database, run.beat or run.created) > patience


def _seconds_since(database: Database, at: int) -> float:
    return (call(database.require_url(), records.now) - at) / 1000


def _read(database: Database, function: Callable[[sa.Connection], T], nothing: T) -> T:
    try:
        return call(database.require_url(), function)
    except DatabaseMissing:
        if not dialect_for(database.dialect).capabilities.file_based:
            raise
        return nothing


def _added(project: Project, database: Database, wish: Wish, plan: tuple[str, ...]) -> Run:
    """The record of a new run. Raises RunUnderWay where another one has the database."""
    url = database.require_url()
    # Asked before anything is written: where a revision writes to a file, nobody else can.
    _require_free(project, database, _read(database, records.holder, None))
    try:
        call(url, LEDGER.ensure, purpose="write")
        run = call(url, lambda c: records.add(c, wish, plan), purpose="write")
    except DatabaseLocked:
        # Another run has begun since we asked.
        _require_free(project, database, call(url, records.holder))
        raise
    if run is None:
        _require_free(project, database, call(url, records.holder))
        run = call(url, lambda c: records.add(c, wish, plan), purpose="write") or _refuse(database, None)
    return run


def _require_free(project: Project, database: Database, other: Run | None) -> None:
    """Raise RunUnderWay where that run has the database, unless it turns out to be lost."""
    if other is None:
        return
    # Several sections may share a database, and the run may be another one's.
    named = next((d for d in project.databases if d.name == other.wish.database), database)
    if settled(named, other).under_way:
        _refuse(database, other.id)


def _refuse(database: Database, run: str | None) -> NoReturn:
    raise RunUnderWay(
        f"another run has database {database.name!r}",
        hint="wait for it, or cancel it",
        details={"database": database.name, "run": run},
    )


def _start_worker(project: Project, database: Database, run: Run, grace: float) -> None:
    command = [
        sys.executable, "-P", "-m", "bothways.runs.worker",
        str(project.config), database.name, run.id, f"{grace:g}",
    ]  # fmt: skip
    try:
        process = subprocess.Popen(  # noqa: S603 - our own module, and names that the project has
            command,
            cwd=project.root,
            env=_environment(project, database),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        words = f"its process could not be started ({type(error).__name__})"
        call(
            database.require_url(),
            lambda c: records.end(c, run.id, "failed", Outcome(words)),
            purpose="write",
        )
        raise
    threading.Thread(target=_reap, args=(process, database, run), daemon=True).start()


def _reap(process: subprocess.Popen[bytes], database: Database, run: Run) -> None:
    """Wait for a worker that is our child; where it said nothing at its end, somebody has to."""
    process.wait()
    # Nobody hears a thread; what it cannot settle, the next one who looks does.
    with suppress(Exception):
        found = call(database.require_url(), lambda c: records.find(c, run.id))
        if found is not None and found.under_way and (found.process is None or not alive(found.process)):
            _close(database, found, "lost", "the process that ran it ended without a word")


def _environment(project: Project, database: Database) -> dict[str, str]:
    """The environment of a worker: it gets the address of its own database, and no secret of the service."""
    hidden = {d.variable for d in project.databases} | {"BOTHWAYS_SECRET"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**kept, database.variable: database.require_url().reveal()}
