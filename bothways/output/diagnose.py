"""A diagnosis for people: plain enough to be pasted into an issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.output import text
from bothways.output.text import coloured, table

if TYPE_CHECKING:
    from bothways.diagnose import DatabaseFacts, DiagnoseReport


def report(shown: DiagnoseReport) -> str:
    """All of it, the checks last, because they are read first."""
    pool = shown.pool
    settings = [[(s.name, ""), (s.shown, ""), (s.source, "dim")] for s in shown.settings]
    parts = [
        _titled("machine", table([[(k, "dim"), (v, "")] for k, v in {**shown.machine, "at": shown.at}.items()])),
        _titled("settings", table(settings) if settings else "none is set: all are as docs/reference/settings.md says"),
        _titled("pools", f"{pool['size']} connections to each database, {pool['overflow']} more at peaks, each worker"),
        *(_titled(f"database {d.status.name}", _database(d)) for d in shown.databases),
        _titled("checks", text.report(shown.checks)),
    ]
    return "\n\n".join(parts)


def _titled(title: str, below: str) -> str:
    return coloured(title, "bold") + "\n" + "\n".join(f"  {line}" for line in below.splitlines())


def _database(facts: DatabaseFacts) -> str:
    status = facts.status
    if status.state in {"unreachable", "invalid"}:
        why = (f"it could not be asked: {status.message}", f"→ {status.hint}" if status.hint else "")
        return "\n".join([f"{status.dialect}; {status.state}", *filter(None, why)])
    rows = [[(name, ""), (_count(count), "")] for name, count in facts.tables.items()]
    runs = [[(str(run[part] or ""), "") for part in ("created_at", "kind", "state", "message")] for run in facts.runs]
    lines = [
        f"{status.server or status.dialect}; {status.state}",
        f"at {', '.join(status.current) or 'no revision'}; head {status.head or 'none'}",
        f"pending: {', '.join(status.pending) or 'none'}",
        *(["rows:", *(f"  {line}" for line in table(rows).splitlines())] if rows else []),
        *(["last runs:", *(f"  {line}" for line in table(runs).splitlines())] if runs else []),
        *([f"problem: {facts.problem}"] if facts.problem else []),
    ]
    return "\n".join(lines)


def _count(rows: int | None) -> str:
    return "more than 100,000" if rows is None else f"{rows:,}"
