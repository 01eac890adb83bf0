"""Families about runs and proofs, from what each database has recorded of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import anyio
import anyio.to_thread

from bothways.errors import BothwaysError
from bothways.runs.tally import Tally, tally
from bothways.web.metrics.families import gauge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prometheus_client.metrics_core import Metric

    from bothways.project import Database

_FRESH_SECONDS: Final = 5.0


class Recorded:
    """What databases have recorded, asked at most every few seconds; one that does not answer is left out."""

    def __init__(self, databases: Iterable[Database], timeout: float) -> None:
        self._databases = tuple(databases)
        self._timeout = timeout
        self._one = anyio.Lock()
        self._last: tuple[float, dict[str, Tally]] = (0.0, {})

    async def families(self) -> Sequence[Metric]:
        """The families of runs and verdicts."""
        async with self._one:
            then, known = self._last
            if not then or time.monotonic() - then > _FRESH_SECONDS:
                known = await anyio.to_thread.run_sync(self._asked)
                self._last = (time.monotonic(), known)
        return _families(known)

    def _asked(self) -> dict[str, Tally]:
        found = {}
        for database in self._databases:
            try:
                found[database.name] = tally(database, self._timeout)
            except BothwaysError:
                continue
        return found


def _families(tallies: dict[str, Tally]) -> list[Metric]:
    each = tallies.items()
    return [
        gauge(
            "bothways_migration_runs",
            "Runs that are recorded, by kind and state",
            {(name, *key): count for name, t in each for key, count in t.runs.items()},
            ("database", "kind", "state"),
        ),
        gauge(
            "bothways_migration_last_success_timestamp_seconds",
            "When the last run that succeeded has ended",
            {(name, kind): at for name, t in each for kind, at in t.ended.items()},
            ("database", "kind"),
        ),
        gauge(
            "bothways_proved_revisions",
            "Revisions by the verdict of their last recorded round trip; lossy ones lose rows on the way down",
            {(name, verdict): count for name, t in each for verdict, count in t.verdicts.items()},
            ("database", "verdict"),
        ),
        gauge(
            "bothways_last_proof_timestamp_seconds",
            "When the last verdict was recorded",
            {(name,): t.proved for name, t in each if t.proved is not None},
            ("database",),
        ),
    ]
