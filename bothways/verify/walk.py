"""A branch walked from its base on scratch databases: each revision's parents were reached by walking them before.

Where a revision leaves its database in a state that the history does not know, the walk goes on on a fresh one. Quick
trips follow what each statement touched; whatever they find is looked at again by complete snapshots.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.exc import SQLAlchemyError

from bothways import scratch
from bothways.agreement import compare
from bothways.connections import call
from bothways.errors import BothwaysError
from bothways.revisions.guard import Now
from bothways.verify import own
from bothways.verify.options import Options
from bothways.verify.proof import Proof, blank
from bothways.verify.stage import Stage, UnreachableError
from bothways.verify.trip import Outcome, Task, broken, prove

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from bothways.agreement import Comparison
    from bothways.history import History, Revision
    from bothways.project import Database, Project
    from bothways.snapshot import Snapshot
    from bothways.urls import DatabaseURL


class Listener(Protocol):
    """Who is told what happens on a walk."""

    def leased(self, server: DatabaseURL, name: str) -> None:
        """A scratch database of that name is about to be made."""
        ...

    def proved(self, proof: Proof) -> None:
        """The verdict of a revision; one for a revision that had one already takes its place."""
        ...

    def compared(self, comparison: Comparison) -> None:
        """The head against the models."""
        ...


def scratch_server(project: Project, database: Database) -> DatabaseURL:
    """Where scratch databases of a database's engine are made: its own server, or the one configured for that."""
    return project.scratch_url(database.dialect) or database.require_url()


@dataclass
class Walk:
    """The proofs of some revisions of one branch, in its order."""

    project: Project
    database: Database
    history: History
    revisions: tuple[Revision, ...]
    listener: Listener
    options: Options = field(default_factory=Options)
    stuck: Mapping[str, str] = field(default_factory=dict)
    """Revisions whose upgrade is known not to run, and why."""
    now: Now = field(default_factory=Now)

    def run(self) -> None:
        """Prove them all. Raises a BothwaysError where no scratch database can be had."""
        self._server = scratch_server(self.project, self.database)
        self._own = own.load(self.project) if self.options.rows else None
        self._left = deque(Task(r) for r in self.revisions)
        self._dead = dict(self.stuck)
        self._head: Snapshot | None = None
        self._failed = False
        while self._left:
            with scratch.Lease(self._server, keepable=self.options.keep) as lease:
                self.listener.leased(self._server, lease.name)
                self._use(lease)
        if self.options.models and not self._dead and self.revisions:
            self.listener.compared(compare(self.project, self.database, self._server, head=self._head))

    def _use(self, lease: scratch.Lease) -> None:
        """Walk on one scratch database as far as it goes."""
        there = replace(self.database, url=lease.url, problem=None)

        def go(connection: sa.Connection) -> None:
            if self.options.start:
                replace(self.project, models=self.options.start).metadata().create_all(connection)
                connection.commit()
            stage = Stage(connection, self.project, there, self.history, self.options, self.now, self._own)
            self._on(stage, lease)

        count, started = len(self._left), time.monotonic()
        try:
            call(lease.url, go, purpose="prove")
        except BothwaysError as error:
            # Whatever a revision does to its session or server is its own fault: nobody else uses the database.
            if self._left:
                self._fail(self._left.popleft(), error, started if len(self._left) + 1 == count else time.monotonic())

    def _on(self, stage: Stage, lease: scratch.Lease) -> None:
        quick: list[Task] = []
        while self._left:
            task, started = self._next(), time.monotonic()
            if self._told_unreachable(task, started):
                continue
            try:
                stage.bring_to_parents(task.revision)
            except UnreachableError as below:
                self._dead[below.revision.id] = below.error.message
                break
            outcome = prove(stage, task, self._blank(task.revision))
            self._left.popleft()
            if outcome.again is not None:
                self._left.appendleft(outcome.again)
                if outcome.here:
                    continue
                break
            self._tell(outcome, lease, started)
            if outcome.spoiled:
                break
            quick += [] if task.full else [task]
            if len(quick) >= self.options.full_every:
                if not self._saw_everything(stage, quick):
                    return
                quick.clear()
        self._saw_everything(stage, quick)

    def _next(self) -> Task:
        """What is to do; behind a fault in full at once: they come in rows, and a quick trip would be in vain."""
        if self._failed and not self._left[0].lossy:
            self._left[0] = replace(self._left[0], full=True)
        return self._left[0]

    def _saw_everything(self, stage: Stage, quick: list[Task]) -> bool:
        """Whether following what was touched missed nothing; else those revisions are proved again in full."""
        try:
            good = not stage.connection.invalidated and not stage.tracker.check()
            self._head = stage.tracker.snapshot() if good else None
        except (SQLAlchemyError, BothwaysError):
            good = False  # its session or server was taken down: nobody can tell any more
        if not good:
            self._left.extendleft(reversed([replace(task, full=True) for task in quick]))
        return good

    def _told_unreachable(self, task: Task, started: float) -> bool:
        """Where a revision below does not run: take the task off the list with that verdict."""
        if not self._dead:
            return False
        below = self.history.ancestors([task.revision.id]) - {task.revision.id}
        dead = next((name for name in self._dead if name in below), None)
        if dead is None:
            return False
        self._left.popleft()
        self._unreachable(task, dead, self._dead[dead], started)
        return True

    def _unreachable(self, task: Task, dead: str, why: str, started: float) -> None:
        proof = replace(self._blank(task.revision), verdict="broken")
        text = f"it cannot be reached: the upgrade of {dead}, which it builds on, does not run: {why}"
        self.listener.proved(replace(proof, evidence=text, seconds=_since(started)))

    def _fail(self, task: Task, error: BothwaysError, started: float) -> None:
        if self.now.direction != "down":
            self._dead[task.revision.id] = error.message
        self.listener.proved(replace(broken(self._blank(task.revision), error), seconds=_since(started)))

    def _tell(self, outcome: Outcome, lease: scratch.Lease, started: float) -> None:
        proof = outcome.proof
        if proof is None:
            return
        self._failed = proof.fails
        if outcome.stuck:
            self._dead[proof.revision] = proof.evidence or ""
        if self.options.keep and proof.fails:
            lease.keep()
            proof = replace(proof, notes=(*proof.notes, f"its scratch database stays: {lease.url}"))
        self.listener.proved(replace(proof, seconds=_since(started)))

    def _blank(self, revision: Revision) -> Proof:
        return blank(self.project, self.database, revision)


def _since(started: float) -> float:
    return round(time.monotonic() - started, 4)
