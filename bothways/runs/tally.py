"""Runs and verdicts of a database in numbers, for those who watch many."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bothways.connections import call
from bothways.runs.tables import LEDGER, RUNS, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.project import Database


@dataclass(frozen=True, slots=True)
class Tally:
    """How many runs and verdicts there are, and when the last ones were, in seconds since 1970."""

    runs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By kind and state."""
    ended: Mapping[str, float] = field(default_factory=dict)
    """When the last one that succeeded has ended, by kind."""
    verdicts: Mapping[str, int] = field(default_factory=dict)
    """How many revisions have each verdict as their last."""
    proved: float | None = None
    """When the last verdict was recorded."""


def tally(database: Database, timeout: float = 5.0) -> Tally:
    """Count them. Raises a DatabaseError where the database cannot be asked."""
    return call(database.require_url(), lambda c: _counted(c, database), timeout=timeout)


def _counted(connection: sa.Connection, database: Database) -> Tally:
    if not LEDGER.exists(connection):
        return Tally()
    mine = RUNS.c.name == database.name
    many = sa.func.count()
    runs = sa.select(RUNS.c.kind, RUNS.c.state, many).where(mine).group_by(RUNS.c.kind, RUNS.c.state)
    ended = sa.select(RUNS.c.kind, sa.func.max(RUNS.c.ended)).where(mine, RUNS.c.state == "succeeded")
    proofs = sa.select(VERDICTS.c.proof, VERDICTS.c.at).where(VERDICTS.c.branch == database.branch.name)
    verdicts: dict[str, int] = {}
    latest = 0
    for proof, at in connection.execute(proofs):
        verdicts[proof["verdict"]] = verdicts.get(proof["verdict"], 0) + 1
        latest = max(latest, at)
    return Tally(
        {(kind, state): count for kind, state, count in connection.execute(runs)},
        {kind: at / 1000 for kind, at in connection.execute(ended.group_by(RUNS.c.kind)) if at},
        verdicts,
        latest / 1000 if verdicts else None,
    )
