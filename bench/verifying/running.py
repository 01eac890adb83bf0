"""Run a program to its end: how long it took, and the CPU time of it, its children, and the database server."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_GRACE = 5.0
"""Seconds between asking a program that is over its limit to end, and ending it."""


@dataclass(frozen=True, slots=True)
class Run:
    """A program that has ended. Times are in seconds; ``server_cpu`` is None where it cannot be read."""

    wall: float
    cpu: float
    server_cpu: float | None
    exit_code: int
    over_limit: bool
    stdout: str
    stderr: str

    @property
    def trouble(self) -> str | None:
        """Why it did not end well, in a line for people; None where it did."""
        if self.over_limit:
            return f"ended after {self.wall:.0f} s"
        if not self.exit_code:
            return None
        lines = [line.strip() for line in (self.stdout + "\n" + self.stderr).splitlines() if line.strip(" =}")]
        raised = [line.removeprefix("E ").strip() for line in lines if line.startswith("E  ")]
        return (raised or lines[-1:] or [f"exit {self.exit_code}"])[0][:160]


def run(
    command: Sequence[str | Path], folder: Path, environ: Mapping[str, str], *, limit: float, server: Path | None = None
) -> Run:
    """Run a program in ``folder``, for at most ``limit`` seconds; ``server`` is the folder of the private server.

    Its process group is ended with it, also when we are interrupted.
    """
    environ = {**os.environ, **environ}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled revisions are part of everybody's second run
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        served, started = _server_cpu(server), time.monotonic()
        child = subprocess.Popen(command, cwd=folder, env=environ, stdout=out, stderr=err, start_new_session=True)
        late = threading.Event()
        watch = threading.Thread(target=_watch, args=(child.pid, limit, done := threading.Event(), late), daemon=True)
        watch.start()
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            raise
        finally:
            done.set()
        wall, after = time.monotonic() - started, _server_cpu(server)
        child.returncode = os.waitstatus_to_exitcode(status)
        watch.join()
        for stream in (out, err):
            stream.seek(0)
        spent = None if served is None or after is None else after - served
        cpu = usage.ru_utime + usage.ru_stime
        return Run(wall, cpu, spent, child.returncode, late.is_set(), out.read(), err.read())


def _watch(process: int, limit: float, done: threading.Event, late: threading.Event) -> None:
    if done.wait(limit):
        return
    late.set()
    for number in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process, number)
        if done.wait(_GRACE):
            return


def _server_cpu(folder: Path | None) -> float | None:
    """CPU seconds that a private server has used so far, its ended processes included; None without /proc."""
    if folder is None or not Path("/proc/self/stat").exists():
        return None
    spent: dict[int, tuple[int, float]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name of the program may hold spaces and brackets; what follows the last bracket does not.
            fields = stat.read_text().rpartition(")")[2].split()
            ticks = sum(int(field) for field in fields[11:15])
            spent[int(stat.parent.name)] = int(fields[1]), ticks / os.sysconf("SC_CLK_TCK")
    roots = {process for process in spent if str(folder) in _command_line(process)}
    return sum(seconds for process, (parent, seconds) in spent.items() if process in roots or parent in roots)


def _command_line(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text(errors="replace")
    return ""
