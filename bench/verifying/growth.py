"""What a revision that touches one table costs, as the number of tables beside it grows."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING

from bench.verifying import projects
from bench.verifying.contenders import Bothways, Place, proofs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

REVISIONS = 30
_CHOSEN = projects.revision_id(1) + ":"
"""All but the revision that makes the tables."""


@dataclass(frozen=True, slots=True)
class Size:
    """The cost of each of 30 revisions beside so many tables.

    ``median``, ``mean`` and ``most`` are milliseconds a revision as the report says them (the first one's brings the
    database to its parent, which makes all tables); ``whole`` is the process' seconds.
    """

    tables: int
    rows: bool
    median: float | None
    mean: float | None
    most: float | None
    whole: float
    trouble: str | None


def sizes(where: Place, folder: Path, tables: Iterable[int], rounds: int) -> Iterator[Size]:
    """Without and with rows at each number of tables, the round with the least median."""
    for number in tables:
        project = projects.write(folder / f"growth-{number}", projects.growing(number, REVISIONS))
        for rows in (False, True):
            tool = Bothways("bothways verify", (_CHOSEN,) if rows else (_CHOSEN, "--rows", "0"))
            measured: list[Size] = []
            while len(measured) < rounds and not any(m.trouble for m in measured):
                measured.append(_measured(tool, where, project, number, rows=rows))
            yield min(measured, key=lambda m: (m.trouble is None, m.median or 0.0))


def _measured(tool: Bothways, where: Place, project: Path, tables: int, *, rows: bool) -> Size:
    done = tool.run(where, project)
    trouble = tool.trouble(done, REVISIONS)
    seconds = [p["seconds"] * 1000 for p in proofs(done)]
    if len(seconds) != REVISIONS:
        return Size(tables, rows, None, None, None, done.wall, trouble)
    return Size(tables, rows, median(seconds), fmean(seconds), max(seconds), done.wall, trouble)
