"""Processes of this machine, told apart although numbers are used again."""

from __future__ import annotations

import hashlib
import os
import socket
from contextlib import suppress
from pathlib import Path


def host() -> str:
    """This machine, as far as its processes can be seen: containers may share a name, but not their process numbers."""
    try:
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        namespace = ""
    return hashlib.sha256(f"{socket.gethostname()} {namespace}".encode()).hexdigest()[:8]


def identity(pid: int) -> str | None:
    """Names a process that runs now, unlike any other that had or will have its number; None where there is none."""
    with suppress(OSError):
        # After the name, which may hold anything, come the state and, 19 fields later, when it began.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return None if fields[0] in {"Z", "X"} else f"{pid}-{fields[19]}"
    if Path("/proc/self/stat").exists():
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return str(pid)


def pid_of(process: str) -> int:
    """The number in an identity."""
    return int(process.partition("-")[0])


def alive(process: str) -> bool:
    """Whether the process of that identity still runs."""
    return identity(pid_of(process)) == process
