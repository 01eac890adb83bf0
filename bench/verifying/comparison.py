"""The same history proved by everybody in turn: seconds, CPU, and milliseconds a revision."""

from __future__ import annotations

import compileall
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.verifying import projects
from bench.verifying.contenders import Bothways, Peer, Place, proofs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bench.verifying.running import Run

WITHOUT_ROWS = Bothways("bothways verify --rows 0", ("--rows", "0"))
WITH_ROWS = Bothways("bothways verify")


@dataclass(frozen=True, slots=True)
class Timing:
    """The least of a contender's rounds on one history. Times are in seconds."""

    label: str
    revisions: int
    proved: int
    rounds: int
    wall: float
    cpu: float
    server_cpu: float | None
    trouble: str | None

    @property
    def milliseconds(self) -> float | None:
        """Of the whole process for each revision; None where it proved only some of them, or did not end well."""
        return None if self.trouble or self.proved < self.revisions else self.wall / self.revisions * 1000


def quick_peers(python: Path) -> tuple[Peer, ...]:
    """The peers that take about as long as Bothways."""
    return (Peer("pytest-alembic up_down_consistency", "test_up_down.py", python),)


def slow_peers(python: Path) -> tuple[Peer, ...]:
    """The peers that take a minute and more for 300 revisions."""
    return (
        Peer("pytest-alembic downgrade_leaves_no_trace", "test_trace.py", python),
        Peer("stairway", "test_stairway.py", python),
    )


def compare(
    where: Place, folder: Path, python: Path, *, revisions: int, slow: Iterable[int], rounds: int
) -> Iterator[Timing]:
    """Bothways and the quick peers on ``revisions``, the slow ones once on each number in ``slow``."""
    history = _project(folder, revisions)
    changed = Bothways("bothways verify --since HEAD~1", ("--since", projects.commit(history)), 1)
    yield from _in_turn(where, history, revisions, (WITHOUT_ROWS, WITH_ROWS, changed, *quick_peers(python)), rounds)
    for number in slow:
        yield from _in_turn(where, _project(folder, number), number, slow_peers(python), 1)


def _project(folder: Path, revisions: int) -> Path:
    """A project of that many revisions, compiled, so that nobody's first round pays for all."""
    history = folder / f"history-{revisions}"
    if not history.exists():
        projects.write(history, projects.plain_history(revisions))
        compileall.compile_dir(history, quiet=1)
    return history


def _in_turn(
    where: Place, history: Path, revisions: int, contenders: tuple[Bothways | Peer, ...], rounds: int
) -> Iterator[Timing]:
    runs: dict[str, list[Run]] = {c.label: [] for c in contenders}
    for _ in range(rounds):
        for contender in contenders:
            so_far = runs[contender.label]
            if not any(contender.trouble(run, revisions) for run in so_far):
                so_far.append(contender.run(where, history))
    for contender in contenders:
        yield _least(contender, runs[contender.label], revisions)


def _least(contender: Bothways | Peer, runs: list[Run], revisions: int) -> Timing:
    troubles = [trouble for run in runs if (trouble := contender.trouble(run, revisions))]
    shown = runs[-1:] if troubles else runs
    served = [run.server_cpu for run in shown if run.server_cpu is not None]
    return Timing(
        contender.label,
        revisions,
        proved=len(proofs(shown[0])) if isinstance(contender, Bothways) else revisions,
        rounds=len(runs),
        wall=min(run.wall for run in shown),
        cpu=min(run.cpu for run in shown),
        server_cpu=min(served) if served else None,
        trouble=troubles[0] if troubles else None,
    )
