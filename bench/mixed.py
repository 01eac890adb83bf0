"""A mixed load on one table of the service while a newer checkout migrates that table up and down, on each engine.

Reads by key, pages, inserts, updates, deletes and inserts that a unique constraint refuses come at a fixed rate over 16
connections. Of every twenty seconds five are without migrations ("beside"), for the rest of them ``bothways upgrade``
and ``bothways downgrade`` run further revisions of the served table, one run after the other ("during"). A request has
failed that is not answered by a success, by the 409 of a conflict, or by a 503 with a documented code. At the end every
row that was answered with 201 and not deleted must be there.

Exits with 1 where a request or a migration failed or a row is missing. Needs Linux.

Usage: script/bench mixed [--engine postgresql] [--minutes 1] [--rate 150] [--rows 20000] [--json]
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bench.serving import rows
from bench.serving.contenders import BOTHWAYS, Contender, contender
from bench.serving.load import share_below
from bench.serving.mixture import SHARES, Target, mixture
from bench.serving.online import STEPS, Newer, Went
from bench.verifying.contenders import place
from bothways import scratch
from bothways.connections import call
from schema import Product

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.serving.mixture import Answer
    from bench.verifying.contenders import Place
    from bothways.urls import DatabaseURL

DOCUMENTED = (409, 503)
"""Refusals that clients are told to expect; each with a problem document's code."""
_KEYS = 2_000
_CYCLE = 20.0
_QUIET = 0.25
"""Which share of a cycle is without migrations."""
_CONNECTIONS = 16
BESIDE, DURING = "beside", "during"


@dataclass
class Results:
    """The answers of one engine, those beside and those during migrations, and the runs of migrations."""

    server: str
    answers: dict[str, list[Answer]] = field(default_factory=lambda: {BESIDE: [], DURING: []})
    runs: list[Went] = field(default_factory=list)
    missing: int = 0
    """Rows that were answered with 201, not deleted, and are not there."""

    def of(self, operation: str | None = None, *when: str) -> Iterator[Answer]:
        """The answers to an operation (None: to all) in some periods (none named: in all)."""
        for period in when or self.answers:
            yield from (a for a in self.answers[period] if operation in (None, a.operation))

    def milliseconds(self, share: float, operation: str | None, when: str) -> float:
        """The time that this share of the answers did not exceed."""
        return share_below(sorted(a.seconds for a in self.of(operation, when)), share) * 1e3

    @property
    def refusals(self) -> Counter[str]:
        """How often which status with which code."""
        return Counter(f"{a.status} {a.code}".strip() for a in self.of() if not 200 <= a.status < 300)

    @property
    def failed(self) -> list[Answer]:
        """The answers that no client is told to expect."""
        return [a for a in self.of() if failed(a)]

    @property
    def troubles(self) -> list[str]:
        """What should not have been, in words."""
        found = [f"a run {w.direction} failed: {w.trouble}" for w in self.runs if w.trouble]
        failures = Counter(f"{a.operation}: {a.status} {a.code}".strip() for a in self.failed)
        found += [f"{count} requests failed, {words}" for words, count in failures.items()]
        if not any(w.revisions for w in self.runs):
            found.append("no migration ran")
        return [*found, f"{self.missing} rows are missing"] if self.missing else found

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        return {
            "server": self.server,
            "requests": sum(1 for _ in self.of()),
            "succeeded": sum(1 for a in self.of() if 200 <= a.status < 300),
            "refusals": dict(self.refusals),
            "failed": len(self.failed),
            "missing_rows": self.missing,
            "runs": len(self.runs),
            "revisions": sum(w.revisions for w in self.runs),
            "milliseconds": {
                when: {
                    name: {
                        "p50": round(self.milliseconds(0.5, operation, when), 2),
                        "p99": round(self.milliseconds(0.99, operation, when), 2),
                        "most": round(self.milliseconds(1.0, operation, when), 2),
                    }
                    for name, operation in {"all": None, **{o: o for o in SHARES}}.items()
                }
                for when in self.answers
            },
            "troubles": self.troubles,
        }


def failed(answer: Answer) -> bool:
    """Whether it is neither a success nor a refusal that is documented for its operation."""
    expected = {409, 503} if answer.operation in {"post", "patch", "delete", "clash"} else {503}
    known = answer.status in expected and bool(answer.code)
    return not (known or 200 <= answer.status < 300)


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--engine", action="append", choices=tuple(STEPS), help="only this engine; may be repeated")
    add("--minutes", type=float, default=1.0, help="minutes of load on each engine (default 1)")
    add("--rate", type=float, default=150.0, help="requests a second (default 150)")
    add("--rows", type=int, default=20_000, help="rows of the table (default 20000)")
    add("--json", action="store_true", help="the results as JSON on stdout, the tables on stderr")
    return parser.parse_args()


def measure(where: Place, url: DatabaseURL, wanted: argparse.Namespace, folder: Path) -> Results:
    """Serve the database at ``url``, load it, and migrate it meanwhile."""
    results = Results(where.server)
    rows.fill(url, wanted.rows)
    (checkout := folder / "newer").mkdir()
    newer = Newer(checkout, url)
    with ExitStack() as stack:
        served = stack.enter_context(contender(BOTHWAYS, url, folder))
        load = stack.enter_context(mixture()).load
        target = target_of(served, rows.keys(url, _KEYS))
        load(target, connections=_CONNECTIONS, rate=wanted.rate, seconds=1.0)
        end = time.monotonic() + wanted.minutes * 60
        kept: Sequence[str] = ()
        while (left := min(_CYCLE, end - time.monotonic())) > 0:
            for when, share in (BESIDE, _QUIET), (DURING, 1 - _QUIET):
                with newer.going(results.runs) if when == DURING else nullcontext():
                    heard = load(target, connections=_CONNECTIONS, rate=wanted.rate, seconds=left * share)
                results.answers[when] += heard.answers
                kept = heard.kept
        results.missing = len(set(kept).difference(made(url)))
    return results


def target_of(served: Contender, keys: Sequence[str]) -> Target:
    """The table as the load needs to know it."""
    taken = {**rows.body(), "sku": "sku-000000001"}
    return Target(
        served.service.port,
        served.base,
        served.headers,
        tuple(keys),
        body=rows.body(),
        change=rows.change(),
        taken=taken,
        page=served.pages[0],
    )


def made(url: DatabaseURL) -> set[str]:
    """The keys of the rows that loads have made and that are there."""
    table = Product.__table__
    read = sa.select(table.c.id).where(table.c.sku.startswith(rows.MADE))
    return call(url, lambda c: {str(key) for key in c.scalars(read)})


def table(results: Results) -> Iterator[str]:
    """The figures of one engine, for people."""
    yield f"{results.server}; latency in milliseconds, beside and during migrations"
    yield f"{'':9}{'requests':>9}{'2xx':>8}{'409':>6}{'503':>6}{'failed':>8}" + "".join(
        f"{f'{name} {when}':>13}" for name in ("p50", "p99", "most") for when in (BESIDE, DURING)
    )
    for name, operation in {**{o: o for o in SHARES}, "all": None}.items():
        counts = Counter("failed" if failed(a) else a.status for a in results.of(operation))
        good = sum(count for status, count in counts.items() if isinstance(status, int) and status < 300)
        yield f"{name:9}{counts.total():>9}{good:>8}{counts[409]:>6}{counts[503]:>6}{counts['failed']:>8}" + "".join(
            f"{results.milliseconds(share, operation, when):>13.1f}"
            for share in (0.5, 0.99, 1.0)
            for when in (BESIDE, DURING)
        )
    yield "refused: " + (", ".join(f"{words} ({count})" for words, count in results.refusals.items()) or "none")
    revisions, seconds = sum(w.revisions for w in results.runs), [w.seconds for w in results.runs]
    yield f"migrations: {len(seconds)} runs, {revisions} revisions, {sum(seconds):.0f} s"
    yield from (f"TROUBLE {words}" for words in results.troubles)
    yield ""


def main() -> None:
    """Load and migrate each engine and print its table; exit 1 where something failed."""
    wanted = parsed()
    out = sys.stderr if wanted.json else sys.stdout
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as files:
        for engine in wanted.engine or STEPS:
            (folder := Path(files) / engine).mkdir()
            with place(engine, folder, 60.0) as where, scratch.database(where.url) as url:
                results = measure(where, url, wanted, folder)
            print(*table(results), sep="\n", file=out, flush=True)
            found[engine] = results.to_dict()
    if wanted.json:
        when = datetime.now(UTC).isoformat(timespec="seconds")
        print(json.dumps({"when": when, "python": platform.python_version(), "engines": found}, indent=2))
    sys.exit(1 if any(one["troubles"] for one in found.values()) else 0)


if __name__ == "__main__":
    main()
