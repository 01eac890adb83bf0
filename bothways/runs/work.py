"""The process in which the revisions of a run run: ``python -m bothways.runs.work FD``, a child of the run's worker.

Revisions are other people's code: one may hang, end its process or exhaust it. The worker is told of each step over the
connection of that file descriptor, and answers whether it may begin. When the worker is gone, this process ends at
once, so that nothing runs that nobody watches.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import warnings
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from bothways.dialects import dialect_for
from bothways.errors import BothwaysError
from bothways.project import Project
from bothways.reports import document

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa

    from bothways.project import Database
    from bothways.reports import Report
    from bothways.revisions import Step
    from bothways.verify import Proof

GO, STOP, INTERRUPT = "go", "stop", "interrupt"
"""What the worker says: the step may begin, the run ends before it, or at once."""


class Line:
    """The line to the worker."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()

    def say(self, kind: str, content: Any) -> None:
        """Tell the worker something."""
        with self._lock:
            self._connection.send((kind, content))

    def may(self, content: Mapping[str, Any]) -> bool:
        """Ask whether a step may begin."""
        self.say("step", content)
        return self._answers.get() == GO

    def listen(self) -> None:
        """Hear what the worker says, until it is gone."""
        with suppress(EOFError, OSError):
            while True:
                word = self._connection.recv()
                if word == INTERRUPT:
                    os.kill(os.getpid(), signal.SIGINT)
                else:
                    self._answers.put(word)
        os._exit(1)


def main() -> None:
    """Do what the worker asks for; what goes wrong is told, never printed."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    warnings.simplefilter("ignore")
    line = Line(Connection(int(sys.argv[1])))
    config, name, kind, target = sys.argv[2:]
    threading.Thread(target=line.listen, daemon=True).start()
    with suppress(BrokenPipeError):
        try:
            project = Project.load(config)
            report = _do(line, project, project.database(name), kind, target)
            if report is not None:
                line.say("report", (document(report), report.exit_code))
        except BothwaysError as error:
            line.say("error", error.to_dict())
        except KeyboardInterrupt:
            line.say("stopped", None)
        except Exception as error:  # noqa: BLE001 - told as what it is; its text may repeat values
            line.say("crash", type(error).__name__)
    # A thread still listens.
    os._exit(0)


def _do(line: Line, project: Project, database: Database, kind: str, target: str) -> Report | None:
    if kind == "verify":
        return _verify(line, project, database, target)
    from bothways import apply
    from bothways.revisions import StoppedError

    def on_start(connection: sa.Connection) -> None:
        session = dialect_for(database.dialect).session(connection)
        connection.commit()
        line.say("session", session)

    def on_step(step: Step) -> None:
        told = {"revision": step.revision.id, "message": step.revision.message, "direction": step.direction}
        if step.seconds is not None:
            line.say("done", {**told, "seconds": round(step.seconds, 4)})
        elif not line.may(told):
            raise StoppedError

    verb = apply.upgrade if kind == "upgrade" else apply.downgrade
    try:
        return verb(project, database, target or "head", on_step=on_step, on_start=on_start)
    except StoppedError:
        line.say("stopped", None)
        return None


def _verify(line: Line, project: Project, database: Database, target: str) -> Report:
    from bothways.history import History
    from bothways.verify import Options, verify
    from bothways.verify.selection import everything, named

    history = History.load(database.branch)
    digests = {r.id: r.digest for r in history.revisions}

    class Teller:
        """Tells of each verdict."""

        def started(self, totals: Mapping[str, int]) -> None:
            """How many there are to come."""
            line.say("total", sum(totals.values()))

        def step(self, database: str, revision: str, direction: str) -> None:
            """Too many to keep."""

        def proved(self, proof: Proof) -> None:
            """A verdict, with the digest of what was proved."""
            line.say("proof", (digests.get(proof.revision, ""), proof.to_dict()))

    choose = named(target, [history]) if target else everything
    options = Options(models=not target and project.models is not None)
    return verify(project, [database], choose, options, watcher=Teller())


if __name__ == "__main__":
    main()
