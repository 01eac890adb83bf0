"""The process that walks one branch: ``python -m bothways.verify.worker FD``, started by ``verify/workers.py``.

Revisions are other people's code: one may hang, end its process or exhaust it, and none of that may end the proof of
the others. The job comes over the connection of that file descriptor, and what happens goes back over it; its end
means that nobody waits for the result any more.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from bothways.errors import BothwaysError

if TYPE_CHECKING:
    from bothways.agreement import Comparison
    from bothways.revisions.guard import Now
    from bothways.urls import DatabaseURL
    from bothways.verify.options import Job
    from bothways.verify.proof import Proof

_LOOKS_A_SECOND = 10
EXIT_HUNG = 70


class _Reporter:
    """Sends what happens, each time a pair of a kind and its content."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def send(self, kind: str, *content: Any) -> None:
        with self._lock:
            self._connection.send((kind, content))

    def leased(self, server: DatabaseURL, name: str) -> None:
        self.send("leased", server, name)

    def proved(self, proof: Proof) -> None:
        self.send("proved", proof)

    def compared(self, comparison: Comparison) -> None:
        self.send("compared", comparison)


def main() -> None:
    """Do the job; what goes wrong is told, never printed."""
    # A shell's background job starts with interrupts ignored, and so do its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    connection = Connection(int(sys.argv[1]))
    _make_ready()
    with suppress(EOFError, OSError):  # there was nothing to do
        _do(connection.recv(), connection)
    # Everything is closed; to take thousands of objects apart would cost 0.15 s.
    os._exit(0)


def _make_ready() -> None:
    """Import what the job will need while our parent still finds it; these objects live as long as we do."""
    gc.disable()
    import bothways.verify.walk  # noqa: F401

    gc.freeze()
    gc.enable()


def _do(job: Job, connection: Connection) -> None:
    from bothways.revisions.guard import Now
    from bothways.verify.walk import Walk

    reporter = _Reporter(connection)
    warnings.simplefilter("ignore")
    now = Now(on_step=lambda revision, direction: reporter.send("step", revision.id, direction))
    threading.Thread(target=_watch, args=(now, job.options.timeout, reporter), daemon=True).start()
    threading.Thread(target=_end_with_parent, args=(connection, now), daemon=True).start()
    walk = Walk(job.project, job.database, job.history, job.revisions, reporter, job.options, job.stuck, now)
    with suppress(BrokenPipeError, KeyboardInterrupt):  # nobody listens any more
        try:
            walk.run()
        except BothwaysError as error:
            reporter.send("error", error)
        except Exception as error:  # noqa: BLE001 - told by the parent as what it is, with the trace for --debug
            reporter.send("crash", type(error).__name__, traceback.format_exc())
        reporter.send("done")


def _watch(now: Now, seconds: float, reporter: _Reporter) -> None:
    """End the process when a step has taken too long, having said where it stands."""
    main_thread = threading.main_thread().ident
    while True:
        time.sleep(1 / _LOOKS_A_SECOND)
        revision, started = now.revision, now.started
        if revision is None or time.monotonic() - started < seconds:
            continue
        frames = traceback.extract_stack(sys._current_frames()[main_thread or 0])  # noqa: SLF001
        lines = [f.lineno for f in frames if f.filename == str(revision.path)]
        reporter.send("hung", revision.id, now.direction, lines[-1] if lines else now.line, now.statement)
        os._exit(EXIT_HUNG)


def _end_with_parent(connection: Connection, now: Now) -> None:
    """Interrupt ourselves when the parent is gone or wants no more, so that the scratch database is removed."""
    with suppress(OSError, EOFError):
        connection.recv()
    os.kill(os.getpid(), signal.SIGINT)
    # An event loop keeps the first one until what runs awaits something, which a revision may never do.
    while now.revision is not None:
        time.sleep(1)
        if now.revision is not None:
            os.kill(os.getpid(), signal.SIGINT)


if __name__ == "__main__":
    main()
