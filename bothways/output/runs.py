"""Runs for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.output.text import Cell, coloured, table
from bothways.runs.run import moment

if TYPE_CHECKING:
    from bothways.runs.run import Run, RunsReport

_COLOURS = {"succeeded": "green", "failed": "red", "lost": "red", "cancelled": "yellow", "running": "bold"}


def several(shown: RunsReport) -> str:
    """Runs, one a line."""
    rows: list[list[Cell]] = [
        [
            (run.id, "bold"),
            (run.wish.kind, ""),
            (run.wish.target or "", ""),
            (run.state, _COLOURS.get(run.state, "")),
            ((moment(run.created) or "")[:19].replace("T", " "), "dim"),
            (run.wish.by or "", "dim"),
        ]
        for run in shown.runs
    ]
    return table(rows) or "no runs yet; the service starts them: POST /api/v1/runs"


def one(shown: Run) -> str:
    """A run, with how it ended."""
    wish = shown.wish
    goal = f" to {wish.target}" if wish.target else ""
    lines = [
        f"{coloured(shown.id, 'bold')}  {coloured(shown.state, _COLOURS.get(shown.state, ''))}",
        f"  {wish.kind} of {wish.database}{goal}, asked by {wish.by or 'nobody'}",
    ]
    times = (("created", shown.created), ("began", shown.started), ("ended", shown.ended))
    lines += [coloured(f"  {name} {moment(at)}", "dim") for name, at in times if at is not None]
    if message := shown.outcome.get("message"):
        lines.append(f"  {message}")
    return "\n".join(lines)
