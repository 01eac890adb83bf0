"""Two downgrades that do not restore, each among good revisions: which tool says so, so that speed is not all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.verifying import projects
from bench.verifying.comparison import WITH_ROWS, WITHOUT_ROWS, quick_peers, slow_peers
from bench.verifying.contenders import Bothways, Peer, Place, proofs
from bothways.verify import HEALTHY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.verifying.running import Run

CONTROL = "control"
WITHOUT_TABLE_COMMENTS = frozenset({"sqlite"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool said to a history with one fault, or to the control, which has none.

    ``said`` is "caught" (it names the faulty revision and no other), "missed", "silent" (right for the control), or
    "alarm" (it failed on something else, or on the control), with ``detail`` in its own words.
    """

    label: str
    history: str
    said: str
    detail: str | None


def answers(where: Place, folder: Path, python: Path, revisions: int) -> Iterator[Answer]:
    """Every tool on every history of that many revisions."""
    faults = [f for f in projects.FAULTS if f != "forgotten comment" or where.engine not in WITHOUT_TABLE_COMMENTS]
    tools: tuple[Bothways | Peer, ...] = (WITHOUT_ROWS, WITH_ROWS, *quick_peers(python), *slow_peers(python))
    for name in (CONTROL, *faults):
        script, places = projects.history_with(revisions, [f for f in faults if f == name])
        history = projects.write(folder / f"faults-{name.replace(' ', '-')}", script)
        for tool in tools:
            yield _answer(tool, tool.run(where, history), name, next(iter(places.values()), None))


def _answer(tool: Bothways | Peer, done: Run, name: str, faulty: str | None) -> Answer:
    if not done.exit_code:
        return Answer(tool.label, name, "missed" if faulty else "silent", None)
    if isinstance(tool, Bothways):
        found = {p["revision"]: p["evidence"] for p in proofs(done) if p["verdict"] not in HEALTHY}
        named = list(found) == [faulty]
        detail = next((f"{revision}: {evidence}" for revision, evidence in found.items()), done.trouble)
    else:
        # pytest prints the failed revision; a tool that fails in the same words on the control names none.
        named = faulty is not None and faulty in done.stdout
        detail = done.trouble
    return Answer(tool.label, name, "caught" if named else "alarm", detail)
