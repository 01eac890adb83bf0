"""Services as processes, and the CPU time that they and a database server use."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_DEADLINE = 60.0
_LOG_LINES = 15


@dataclass(frozen=True, slots=True)
class Service:
    """A running service on 127.0.0.1; ``log`` is the file that it writes its log to."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def cpu(self) -> float:
        """Seconds of CPU that it and its children have used so far."""
        return cpu_of([self.process.pid, *children_of([self.process.pid])])

    def memory(self) -> int:
        """Bytes of memory that it holds now."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def service(
    command: Sequence[str | Path], port: int, environ: Mapping[str, str], folder: Path, log: Path, ready: str
) -> Iterator[Service]:
    """A service that answers GET ``ready`` with a success; it is ended with the block.

    Raises RuntimeError with the end of its log where it does not come up.
    """
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=out, stderr=out, start_new_session=True)
    try:
        _wait(process, f"http://127.0.0.1:{port}{ready}", log)
        yield Service(process, port, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end, last = time.monotonic() + _DEADLINE, ""
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=10):
                return
        except urllib.error.HTTPError as error:
            last = f"{error.code} {error.read(500).decode(errors='replace')}"
        except OSError as error:
            last = str(error)
        time.sleep(0.05)
    end_of_log = "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
    raise RuntimeError(f"a service does not answer {url}: {last}\n{' '.join(map(str, process.args))}\n{end_of_log}")


def free_port() -> int:
    """A port of this machine on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_of(processes: Sequence[int]) -> float:
    """Seconds of CPU that these processes have used so far, in all their threads; those that are gone count nothing."""
    spent = 0.0
    for process in processes:
        with suppress(OSError):
            # Linux' clock of another process (CPUCLOCK_SCHED): /proc/<pid>/stat has hundredths of a second only.
            spent += time.clock_gettime((~process << 3) | 2)
    return spent


def children_of(processes: Sequence[int]) -> list[int]:
    """The processes that descend from these."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The name of the program may hold spaces and brackets; what follows the last bracket does not.
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found: list[int] = []
    wanted = set(processes)
    while wanted:
        wanted = {process for process, parent in parents.items() if parent in wanted}
        found += sorted(wanted)
    return found


def processes_of(folder: Path | None) -> list[int]:
    """The processes of the private database server that lives in that folder; none for SQLite, which has no server."""
    if folder is None:
        return []
    roots = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(folder).encode() in line.read_bytes():
                roots.append(int(line.parent.name))
    return [*roots, *(child for child in children_of(roots) if child not in roots)]
