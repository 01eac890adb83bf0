"""bothways verify beside its peers on one history of 300 revisions, and its cost as the number of tables grows.

The history is 100 times: create a table, add a column, add an index. On a private server of each engine (no fsync), in
turn, each as a process of its own: ``bothways verify`` without and with planted rows and for the newest commit alone,
pytest-alembic's test_up_down_consistency and test_downgrade_leaves_no_trace, and a stairway test. The peers live in an
environment of their own in data/bench-peers, made at the first run. Shown is the least of the rounds.

Then the same tools meet two downgrades that do not restore, and a control; and ``bothways verify`` proves 30 revisions
of one table each beside 20, 200 and 1,000 tables. Exits with 1 where Bothways misses a fault, raises a false alarm or
does not come to its end.

Usage: script/bench verify [--engine sqlite] [--only compare] [--revisions 300] [--slow-revisions 60] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.verifying import peers
from bench.verifying.comparison import WITH_ROWS, WITHOUT_ROWS, Timing, compare
from bench.verifying.contenders import Place, place
from bench.verifying.faults import CONTROL, Answer, answers
from bench.verifying.growth import REVISIONS, Size, sizes
from bench.verifying.projects import ENGINES, FEWEST_TABLES

PARTS = ("compare", "faults", "growth")


@dataclass
class Results:
    """What was measured on one engine."""

    server: str
    timings: list[Timing] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)

    @property
    def bothways_is_right(self) -> bool:
        """Whether Bothways caught each fault and found nothing wrong with what is good."""
        ours = [a for a in self.answers if a.label in {WITHOUT_ROWS.label, WITH_ROWS.label}]
        troubles = [t.trouble for t in self.timings if t.label.startswith("bothways")]
        troubles += [s.trouble for s in self.sizes]
        good = all(a.said == ("silent" if a.history == CONTROL else "caught") for a in ours)
        return good and not any(troubles)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready data."""
        timings = [{**asdict(t), "milliseconds_a_revision": t.milliseconds} for t in self.timings]
        return {
            "server": self.server,
            "timings": timings,
            "faults": [asdict(a) for a in self.answers],
            "growth": [asdict(s) for s in self.sizes],
        }


def parsed() -> argparse.Namespace:
    """The command line."""

    def numbers(text: str) -> list[int]:
        return [int(part) for part in text.split(",") if part]

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--engine", action="append", choices=ENGINES, help="only this engine; may be repeated")
    add("--only", action="append", choices=PARTS, help="only this part; may be repeated")
    add("--revisions", type=int, default=300, help="revisions in the history (default 300)")
    add("--slow-revisions", type=numbers, default=[60], metavar="N,…", help="for the slow peers (default 60)")
    add("--fault-revisions", type=int, default=30, help="revisions in the histories with a fault (default 30)")
    add("--tables", type=numbers, default=[20, 200, 1000], metavar="N,…", help="sizes (default 20,200,1000)")
    add("--rounds", type=int, default=3, help="rounds of the quick tools, the least counts (default 3)")
    add("--limit", type=float, default=300.0, help="seconds after which one run is ended (default 300)")
    add("--json", action="store_true", help="the results as JSON on stdout, the tables on stderr")
    wanted = parser.parse_args()
    if min(wanted.tables, default=FEWEST_TABLES) < FEWEST_TABLES:
        parser.error(f"--tables: {REVISIONS} revisions of one table each need {FEWEST_TABLES} tables and more")
    return wanted


def measure(where: Place, wanted: argparse.Namespace, python: Path, folder: Path) -> Results:
    """The parts that were asked for, on one engine; each table is printed when it is complete."""
    results = Results(where.server)
    out = sys.stderr if wanted.json else sys.stdout
    parts = wanted.only or PARTS
    if "compare" in parts:
        for timing in compare(
            where, folder, python, revisions=wanted.revisions, slow=wanted.slow_revisions, rounds=wanted.rounds
        ):
            results.timings.append(timing)
        print(*table_of_timings(results), sep="\n", end="\n\n", file=out, flush=True)
    if "faults" in parts:
        results.answers.extend(answers(where, folder, python, wanted.fault_revisions))
        print(*table_of_answers(results, wanted.fault_revisions), sep="\n", end="\n\n", file=out, flush=True)
    if "growth" in parts:
        results.sizes.extend(sizes(where, folder, wanted.tables, wanted.rounds))
        print(*table_of_sizes(results), sep="\n", end="\n\n", file=out, flush=True)
    return results


def table_of_timings(results: Results) -> list[str]:
    """Seconds and ratios of everybody; a ratio is of milliseconds a revision to those of ``bothways verify``."""
    ours = {t.label: t.milliseconds for t in results.timings}
    title = f"{results.server}, no fsync" if "SQLite" not in results.server else results.server
    lines = [
        f"{title:42} revisions   wall s    CPU s  server CPU s  ms/revision   × --rows 0   × with rows",
    ]
    for t in results.timings:
        ratios = "".join(f"{_ratio(t.milliseconds, ours.get(tool.label)):>13}" for tool in (WITHOUT_ROWS, WITH_ROWS))
        lines.append(
            f"{t.label:42} {t.revisions:>9} {t.wall:>8.2f} {t.cpu:>8.2f} {_number(t.server_cpu, 2):>13} "
            f"{_number(t.milliseconds, 1):>12}{ratios}"
        )
        lines += [f"    {t.trouble[:110]}"] if t.trouble else []
    if len({t.revisions for t in results.timings}) > 1:
        lines.append("Compare equal numbers of revisions: most take longer for each, the more tables there are.")
    return lines


def table_of_answers(results: Results, revisions: int) -> list[str]:
    """Caught or missed, a line a tool."""
    histories = list(dict.fromkeys(a.history for a in results.answers))
    names = f"{results.server}: one among {revisions}"
    lines = [f"{names:42}" + "".join(f"{name:>20}" for name in histories)]
    for label in dict.fromkeys(a.label for a in results.answers):
        own = {a.history: a for a in results.answers if a.label == label}
        # Who fails on good revisions too has caught nothing.
        fails = own[CONTROL].said != "silent"
        said = ["fails on it" if fails and h == CONTROL else "-" if fails else own[h].said for h in histories]
        lines.append(f"{label:42}" + "".join(f"{word:>20}" for word in said))
        details = [own[CONTROL].detail] if fails else [a.detail for a in own.values()]
        lines += [f"    {detail[:110]}" for detail in details if detail]
    return lines


def table_of_sizes(results: Results) -> list[str]:
    """Milliseconds a revision at each number of tables, and the ratio to the smallest number."""
    title = f"{results.server}: 30 revisions beside"
    lines = [f"{title:42}    tables  median ms  mean ms   most ms  whole s   × smallest"]
    smallest = {rows: next((s.median for s in results.sizes if s.rows == rows), None) for rows in (False, True)}
    for s in sorted(results.sizes, key=lambda s: s.rows):
        label = (WITH_ROWS if s.rows else WITHOUT_ROWS).label
        lines.append(
            f"{label:42} {s.tables:>9,} {_number(s.median, 1):>10} {_number(s.mean, 1):>8} {_number(s.most, 1):>9} "
            f"{s.whole:>8.2f} {_ratio(s.median, smallest[s.rows]):>12}"
        )
        lines += [f"    {s.trouble[:110]}"] if s.trouble else []
    return lines


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _ratio(value: float | None, to: float | None) -> str:
    return "-" if value is None or not to else f"{value / to:.2f}"


def main() -> None:
    """Measure the engines one after the other."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # So a shell starts what runs in the background; a program that is over its limit is ended by this signal.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    wanted = parsed()
    python = peers.python()
    found: dict[str, Results] = {}
    for engine in wanted.engine or ENGINES:
        with tempfile.TemporaryDirectory() as files, place(engine, Path(files), wanted.limit) as where:
            found[engine] = measure(where, wanted, python, Path(files))
    if wanted.json:
        machine = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
        document = {"date": datetime.now(UTC).date().isoformat(), "machine": machine}
        engines = {name: results.to_dict() for name, results in found.items()}
        print(json.dumps({**document, "engines": engines}, indent=2))
    sys.exit(0 if all(results.bothways_is_right for results in found.values()) else 1)


if __name__ == "__main__":
    main()
