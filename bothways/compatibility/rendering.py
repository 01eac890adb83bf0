"""What revisions send, found once for each file: a process renders them, because their code is other people's.

A revision that hangs or ends that process is named in its own rendering, and the others are rendered by another one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bothways.headers import Revision
    from bothways.history import History
    from bothways.project import Branch, Project

SECONDS = 20.0
"""How long a process may take from one revision to the next."""
AT_ONCE = 100
"""So many of a branch's newest revisions are rendered together."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The statements of one direction of a revision; ``problem`` says why there may be more than these."""

    statements: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Rendering:
    """A revision's statements both ways."""

    up: Rendered
    down: Rendered


@dataclass
class Renderings:
    """The statements of a project's revisions; safe to ask from several threads, one process at a time."""

    project: Project
    _known: dict[tuple[str, str], tuple[str, Rendering]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, history: History, revisions: Iterable[Revision]) -> dict[str, Rendering]:
        """The renderings of some revisions of a branch, by id; an edited file is rendered again."""
        wanted = {r.id: r.digest for r in revisions}
        branch = history.branch
        with self._lock:
            if self._missing(branch, wanted):
                # A process costs more than what it renders, so it renders what will be asked for next too.
                likely = wanted | {r.id: r.digest for r in history.revisions[-AT_ONCE:]}
                for name, rendering in _rendered(self.project, branch, self._missing(branch, likely)).items():
                    self._known[branch.name, name] = (likely[name], rendering)
            return {name: self._known[branch.name, name][1] for name in wanted}

    def _missing(self, branch: Branch, wanted: Mapping[str, str]) -> list[str]:
        return [n for n, digest in wanted.items() if self._known.get((branch.name, n), ("",))[0] != digest]


def _rendered(project: Project, branch: Branch, ids: Sequence[str]) -> dict[str, Rendering]:
    found: dict[str, Rendering] = {}
    left = list(ids)
    while left:
        lines, problem = _lines(project, branch, left)
        found |= {name: _read(line) for name, line in zip(left, lines, strict=False)}
        left = left[len(lines) :]
        if left:
            lost = Rendered((), problem)
            found[left.pop(0)] = Rendering(lost, lost)
    return found


def _lines(project: Project, branch: Branch, ids: Sequence[str]) -> tuple[list[dict[str, Any]], str]:
    """What a process writes before it ends or its time is up, and what to say of the revision that it did not write."""
    command = [sys.executable, "-P", "-m", "bothways.revisions.offline", str(project.config), branch.name, *ids]
    late = threading.Event()
    with subprocess.Popen(  # noqa: S603 - our own module, with ids that the history has
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(project)
    ) as process:

        def end() -> None:
            late.set()
            process.kill()

        lines = []
        timer = _restarted(None, end)
        for line in process.stdout or ():
            timer = _restarted(timer, end)
            lines.append(json.loads(line))
        timer.cancel()
    return lines, f"its SQL did not come within {SECONDS:g} s" if late.is_set() else "it ended the process that ran it"


def _restarted(timer: threading.Timer | None, end: Any) -> threading.Timer:
    if timer is not None:
        timer.cancel()
    timer = threading.Timer(SECONDS, end)
    timer.daemon = True
    timer.start()
    return timer


def _environment(project: Project) -> dict[str, str]:
    """The service's own environment without the addresses of databases: nothing is asked of any."""
    hidden = {d.variable for d in project.databases}
    return {name: value for name, value in os.environ.items() if name not in hidden and name != "BOTHWAYS_SECRET"}


def _read(line: dict[str, Any]) -> Rendering:
    ways = {way: Rendered(tuple(said["statements"]), said["problem"]) for way, said in line.items()}
    return Rendering(ways["up"], ways["down"])
