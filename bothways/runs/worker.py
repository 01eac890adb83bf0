"""The process of one run: ``python -m bothways.runs.worker CONFIG DATABASE RUN GRACE``, in a session of its own.

It holds no revision's transaction, so it can always write what happened: it starts the child that runs the revisions,
records each step before it begins, shows that it lives, and ends the child when the run is cancelled.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Any, TypeVar

from bothways.connections import call
from bothways.errors import BothwaysError, DatabaseError
from bothways.processes import host, identity
from bothways.project import Database, Project
from bothways.runs import records, work
from bothways.runs.places import left_behind, standing, untouched, whereabouts
from bothways.runs.run import Outcome
from bothways.runs.verdicts import keep

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    import sqlalchemy as sa

    from bothways.runs.run import Run, State

T = TypeVar("T")
BEAT_SECONDS = 2.0
_LOOK_SECONDS = 0.2
_PATIENCE_SECONDS = 60.0
"""How long a database that does not answer is tried again for a record."""
_PAUSE_SECONDS = 0.5


@dataclass
class Worker:
    """One run, and the child that does it."""

    project: Project
    database: Database
    run: Run
    grace: float
    line: Connection
    child: subprocess.Popen[bytes]
    asked: float | None = None
    """When it was asked to end, by ``time.monotonic``."""
    killed: bool = False
    lost: bool = False
    """Somebody else has ended the run: nothing is ours any more."""
    step: dict[str, Any] = field(default_factory=dict)
    """The step that runs."""
    session: str | None = None
    ending: tuple[State, Outcome] | None = None
    _beaten: float = 0.0

    def watch(self) -> None:
        """Follow the child to its end and write how the run ended."""
        while not self.lost:
            try:
                if self.line.poll(_LOOK_SECONDS):
                    self._heard(*self.line.recv())
            except (EOFError, OSError):
                break
            self._look_around()
        self.child.wait()
        if not self.lost:
            state, outcome = self.ending or self._ended()
            self._write(lambda c: records.end(c, self.run.id, state, outcome))

    def ask(self, *_signal: object) -> None:
        """End between two revisions, or when the time of grace is over."""
        if self.asked is None:
            self.asked = time.monotonic()
            if self.run.wish.kind == "verify":
                with suppress(OSError):
                    self.line.send(work.INTERRUPT)

    def _look_around(self) -> None:
        now = time.monotonic()
        if self.asked is not None and now - self.asked > self.grace and not self.killed:
            self.killed = True
            self.child.kill()
        if now - self._beaten > BEAT_SECONDS:
            self._beaten = now
            # A file that a revision writes to takes no word of ours meanwhile; one beat less does no harm.
            with suppress(DatabaseError):
                ours, wanted_to_end = self._write(lambda c: records.beat(c, self.run.id), patience=0.0)
                if wanted_to_end:
                    self.ask()
                if not ours:
                    self.lost = True
                    self.child.kill()

    def _heard(self, kind: str, content: Any) -> None:
        if kind == "step":
            self._begins(content)
        elif kind == "done":
            self.step = {}
            self._tell("step", {**content, "state": "done"})
        elif kind == "session":
            self.session = content or None
            self._write(lambda c: records.keep_session(c, self.run.id, content))
        elif kind == "total":
            self._tell("total", {"revisions": content})
        elif kind == "proof":
            self._proved(*content)
        elif kind == "report":
            self.ending = self._reported(*content)
        elif kind == "error":
            shown = self._scrubbed(content)
            report = {"schema": "bothways/error/1", "error": shown}
            self.ending = self._placed("failed", str(shown["message"]), report)
        elif kind == "crash":
            self.ending = self._placed("failed", f"unexpected {content}")
        elif kind == "stopped":
            self.ending = self._placed("cancelled", "ended between two revisions")

    def _begins(self, step: dict[str, Any]) -> None:
        if self.asked is None:
            self._tell("step", {**step, "state": "begins"})
            self.step = step
        with suppress(OSError):
            self.line.send(work.GO if self.asked is None else work.STOP)

    def _proved(self, digest: str, proof: dict[str, Any]) -> None:
        shown = self._scrubbed(proof)
        branch = self.database.branch.name
        self._write(lambda c: keep(c, branch, digest, self.run.id, shown))
        self._tell("proof", {key: shown[key] for key in ("revision", "message", "verdict", "evidence", "seconds")})

    def _reported(self, report: dict[str, Any], exit_code: int) -> tuple[State, Outcome]:
        shown = self._scrubbed(report)
        if self.run.wish.kind == "verify":
            count = sum(p["verdict"] in {"lossy", "broken"} for p in shown["proofs"])
            words = f"{count} of {len(shown['proofs'])} revisions are lossy or broken" if count else "all is proved"
            if exit_code and not count:
                words = "the head is not what the models say"
            return ("failed" if exit_code else "succeeded"), Outcome(words, report=shown)
        after = tuple(shown["after"])
        count = len(shown["steps"])
        words = f"{count} revision{'' if count == 1 else 's'} ran; {standing(self.database, after)}"
        return "succeeded", Outcome(words, tuple(shown["before"]), after, shown)

    def _ended(self) -> tuple[State, Outcome]:
        """The child ended without saying how: it was killed by us, or by what it ran."""
        where = f" in the middle of {self.step['revision']} on its way {self.step['direction']}" if self.step else ""
        if self.killed:
            words = f"ended{where}, {self.grace:g} s after it was asked to"
            return self._placed("cancelled", words, broken=bool(self.step))
        if self.asked is not None and self.child.returncode == -signal.SIGINT:
            return self._placed("cancelled", "ended when it was asked to")
        words = f"the process that ran it ended{where} (code {self.child.returncode})"
        return self._placed("failed", words, broken=bool(self.step))

    def _placed(
        self, state: State, words: str, report: dict[str, Any] | None = None, *, broken: bool = False
    ) -> tuple[State, Outcome]:
        """An ending with where the database really is."""
        after = None
        if self.run.wish.kind != "verify":
            with suppress(BothwaysError):
                after = whereabouts(self.database, self.session if broken else None)
                words = f"{words}; {standing(self.database, after)}"
            if broken:
                words += f"; {left_behind(self.database)}"
        else:
            words = f"{words}; {untouched(self.database)}"
        return state, Outcome(words, after=after, report=report)

    def _scrubbed(self, shown: Any) -> Any:
        """The same without where the database is: what is recorded is shown to others than those who see logs."""
        if isinstance(shown, str):
            url = self.database.require_url()
            for secret in (url.reveal(), url.address, url.password or ""):
                shown = shown.replace(secret, self.database.name) if secret else shown
            return shown
        if isinstance(shown, dict):
            return {key: self._scrubbed(value) for key, value in shown.items()}
        if isinstance(shown, list | tuple):
            return [self._scrubbed(value) for value in shown]
        return shown

    def _tell(self, kind: str, data: dict[str, Any]) -> None:
        self._write(lambda c: records.tell(c, self.run.id, kind, data))

    def _write(self, function: Callable[[sa.Connection], T], patience: float = _PATIENCE_SECONDS) -> T:
        return written(self.database, function, patience)


def written(database: Database, function: Callable[[sa.Connection], T], patience: float = _PATIENCE_SECONDS) -> T:
    """Write to a database; one that does not answer is tried again for ``patience`` seconds. Raises DatabaseError."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return call(database.require_url(), function, purpose="write")
        except DatabaseError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


def main() -> None:
    """Do the run that the arguments name."""
    config, name, run_id, grace = sys.argv[1:]
    early: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: early.append(number))
    line, theirs = Pipe()
    project = Project.load(config)
    database = project.database(name)
    mine = identity(os.getpid()) or str(os.getpid())
    if not written(database, lambda c: records.begin(c, run_id, host(), mine)):
        return
    run = call(database.require_url(), lambda c: records.find(c, run_id))
    if run is None:
        return
    wish = run.wish
    child = subprocess.Popen(  # noqa: S603 - our own module, and what the record says
        [
            sys.executable, "-P", "-m", "bothways.runs.work",
            str(theirs.fileno()), config, name, wish.kind, wish.target or "",
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(theirs.fileno(),),
    )  # fmt: skip
    theirs.close()
    worker = Worker(project, database, run, float(grace), line, child)
    signal.signal(signal.SIGTERM, worker.ask)
    try:
        if early:
            worker.ask()
        worker.watch()
    finally:
        child.kill()


if __name__ == "__main__":
    main()
