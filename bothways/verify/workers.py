"""Workers: a process for each engine, watched, replaced when a revision takes it down, and never left behind."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Any, Protocol, Self

from bothways.errors import BothwaysError, WorkerLost
from bothways.verify.proof import Proof, blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bothways.agreement import Comparison
    from bothways.urls import DatabaseURL
    from bothways.verify.options import Job

_GRACE_SECONDS = 10.0
"""How much longer than a step may take we wait for a worker to say so itself, or to clean up when it is told to end."""


class Watcher(Protocol):
    """Who is told how far the proofs are, from several threads."""

    def started(self, totals: Mapping[str, int]) -> None:
        """How many revisions each database has to prove."""
        ...

    def step(self, database: str, revision: str, direction: str) -> None:
        """A revision begins its way ``up`` or ``down``."""
        ...

    def proved(self, proof: Proof) -> None:
        """A verdict; one for a revision that had one already takes its place."""
        ...


@dataclass(frozen=True, slots=True)
class Lost:
    """The step that took a worker down."""

    revision: str
    direction: str
    text: str
    line: int = 1
    sql: str | None = None


class Worker:
    """A process that proves one job, and the line to it. It makes itself ready while its job is still being found."""

    def __init__(self) -> None:
        self.line, theirs = Pipe()
        fd = theirs.fileno()
        self.process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", "bothways.verify.worker", str(fd)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=(fd,), start_new_session=True,
        )  # fmt: skip
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def end(self) -> bool:
        """Let it end; whether it did by itself, or had to be killed."""
        with suppress(OSError):
            self.line.close()
        try:
            self.process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False
        return True


@dataclass
class Course:
    """The proofs of one branch, by as many workers after each other as it takes."""

    job: Job
    worker: Worker
    """The first; another one takes its place where a revision takes it down."""
    watcher: Watcher | None = None
    proofs: dict[str, Proof] = field(default_factory=dict)
    heads: list[Comparison] = field(default_factory=list)
    _cancelled: bool = False
    _leased: tuple[DatabaseURL, str] | None = None
    _at: tuple[str, str] | None = None

    def run(self) -> Course:
        """Prove every revision. Raises a BothwaysError where that cannot be done at all."""
        left = self.job.revisions
        stuck = dict(self.job.stuck)
        while left and not self._cancelled:
            lost = self._work(replace(self.job, revisions=left, stuck=stuck))
            if lost is None:
                break
            if lost.direction == "up":
                stuck[lost.revision] = lost.text
            for revision in (r for r in left if r.id == lost.revision):
                proof = blank(self.job.project, self.job.database, revision)
                self._tell(replace(proof, verdict="broken", evidence=lost.text, line=lost.line, sql=lost.sql))
            left = tuple(r for r in left if r.id not in self.proofs)
            if left:
                self.worker = Worker()
        return self

    def cancel(self) -> None:
        """Ask the worker to end; it removes its scratch database."""
        self._cancelled = True
        # Anything that comes means that; to close the line would not wake the thread that reads from it.
        with suppress(OSError, ValueError):
            self.worker.line.send("end")

    def _work(self, job: Job) -> Lost | None:
        """One worker; the step that took it down, None where it came to its end."""
        self._at = self._leased = None
        ended, lost = False, None
        try:
            for kind, content in self._messages(job):
                ended = ended or kind == "done"
                lost = self._heard(job, kind, content) or lost
            if ended or self._cancelled:
                return None
            return lost or self._died(self.worker.process.wait(_GRACE_SECONDS))
        finally:
            self._end(clean=ended)

    def _messages(self, job: Job) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """What the worker says until it ends, or is silent in a step for longer than any step may take."""
        line, in_step = self.worker.line, False
        with suppress(EOFError, OSError):  # the end, or cancelled
            line.send(job)
            while line.poll(job.options.timeout + _GRACE_SECONDS if in_step else None):
                kind, content = line.recv()
                in_step = kind == "step"
                yield kind, content
            yield "hung", (*(self._at or ("", "up")), 1, None)

    def _heard(self, job: Job, kind: str, content: tuple[Any, ...]) -> Lost | None:
        if kind == "leased":
            self._leased = content[0], content[1]
        elif kind == "step":
            self._at = content[0], content[1]
            if self.watcher:
                self.watcher.step(job.database.name, content[0], content[1])
        elif kind == "proved":
            self._tell(content[0])
        elif kind == "compared":
            self.heads.append(content[0])
        elif kind == "error":
            raise content[0]
        elif kind == "crash":
            raise WorkerLost(
                f"the proof of {job.database.name!r} itself failed: {content[0]}",
                hint="see the whole: bothways --debug verify …, and report it",
                details={"trace": content[1]},
            )
        elif kind == "hung":
            revision, direction, line, sql = content
            return Lost(
                revision, direction, f"its {_NAMES[direction]} did not end within {job.options.timeout:g} s", line, sql
            )
        return None

    def _died(self, code: int) -> Lost:
        if self._at is None:
            raise WorkerLost(
                f"the process that proves {self.job.database.name!r} ended at once ({code})", hint="bothways doctor"
            )
        revision, direction = self._at
        return Lost(revision, direction, f"its {_NAMES[direction]} ended the process that ran it ({code})")

    def _tell(self, proof: Proof) -> None:
        self.proofs[proof.revision] = proof
        if self.watcher:
            self.watcher.proved(proof)

    def _end(self, *, clean: bool) -> None:
        """Let the worker end; where it did not by itself, remove what it left."""
        if not (self.worker.end() and clean) and self._leased:
            from bothways import scratch

            with suppress(BothwaysError):
                scratch.drop(*self._leased)


_NAMES = {"up": "upgrade", "down": "downgrade"}
