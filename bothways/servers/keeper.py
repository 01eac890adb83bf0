"""Keeps one private server: runs it, and ends it and removes its folder as soon as its owner is gone.

A program of its own, run by its path with the standard library alone, because it has to outlive its owner: whether
that one calls ``stop()``, ends, or is killed, the pipe between the two closes and the keeper cleans up. Should the
keeper be killed too, the record that it leaves in the folder lets the next one find and end the server.

Usage: keeper.py FOLDER STOP_SIGNAL UID GID COMMAND…  (UID -1: stay who we are)
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

RECORD = "server.json"
LOG = "server.log"
_PATIENCE = 10.0
_TICK = 0.2


def started_at(pid: int) -> str | None:
    """When the process started, in clock ticks since boot; None if there is none (or the system has no /proc)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else fields[19]


def command_of(pid: int) -> list[str]:
    """The process's command line, empty if it cannot be read."""
    try:
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).split("\0")[:-1]
    except OSError:
        return []


def end(pid: int, number: int, patience: float = _PATIENCE) -> None:
    """Ask the process to end with that signal, wait up to ``patience`` seconds, then kill it."""
    start = started_at(pid)
    deadline = time.monotonic() + patience
    for wish in (number, signal.SIGKILL):
        try:
            os.kill(pid, wish)
        except ProcessLookupError:
            return
        while started_at(pid) == start is not None:
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
        else:
            return


def end_orphan(folder: Path) -> bool:
    """End the server that the folder's record names, if exactly that process still runs. Returns whether it did."""
    try:
        record: dict[str, Any] = json.loads((folder / RECORD).read_text())
    except (OSError, ValueError):
        return False
    pid = int(record["pid"])
    # A pid is used again after a while: only the start time and the command say that it is still the same process.
    if started_at(pid) != record["started_at"] or command_of(pid) != record["command"]:
        return False
    end(pid, int(record["signal"]))
    return True


def keep(folder: Path, number: int, uid: int, gid: int, command: list[str]) -> int:
    """Run the server until the owner is gone (then clean up, 0) or it ends by itself (then leave its log, 1)."""
    owner = os.getppid()
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    identity: dict[str, Any] = {"user": uid, "group": gid, "extra_groups": []} if uid >= 0 else {}
    with (folder / LOG).open("ab") as log:
        server = subprocess.Popen(  # noqa: S603 (the command is ours, and there is no shell)
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True, **identity
        )
    try:
        record = {"pid": server.pid, "started_at": started_at(server.pid), "command": command, "signal": number}
        (folder / RECORD).write_text(json.dumps(record))
        while server.poll() is None:
            # The owner never writes, so that "readable" means that it closed its end; a forked child of the owner
            # may hold that end open, hence the second look at who our parent is.
            if select.select([0], [], [], _TICK)[0] or os.getppid() != owner:
                return 0
        return 1
    finally:
        if server.poll() is None:
            _end_child(server, number)
            shutil.rmtree(folder, ignore_errors=True)


def _end_child(server: subprocess.Popen[bytes], number: int) -> None:
    server.send_signal(number)
    try:
        server.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    sys.exit(keep(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:]))
