"""Every change case on every engine by plain Alembic and by Bothways: which of them makes and unmakes it, rows kept.

The cases are data in tests/generate/cases. Each engine is a process and a private server of its own; a case takes some
tenths of a second, all of them a few minutes. ``--write`` writes docs/generate-cases.md.

Usage: script/bench cases [sqlite] [postgresql] [mysql] [-k WORDS] [--details] [--write]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from bench.changes.page import OK, Outcome, page, percent
from bench.changes.plain import autogenerate
from bothways import scratch, servers
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.urls import DatabaseURL
from tests.generate.cases.bothways import generate
from tests.generate.cases.case import ENGINES
from tests.generate.cases.every import CASES
from tests.generate.cases.journey import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from bothways.generate.lab import Drafted
    from tests.generate.cases.case import Case

PAGE = Path(__file__).parents[1] / "docs" / "generate-cases.md"


def play(engine: str, words: str) -> tuple[str, list[Outcome]]:
    """The version of an engine's server, and what came of its cases whose names have these words."""
    with ExitStack() as stack:
        if engine in servers.DIALECTS:
            url = stack.enter_context(servers.start(engine)).url
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            url = DatabaseURL.parse(f"sqlite:///{Path(folder) / 'server.db'}")
        with scratch.database(url) as at:
            version = call(at, lambda c: take(c).server_version)
        chosen = [case for case in CASES if engine in case.engines and words in case.name]
        return version, [_one(case, engine, url) for case in chosen]


def _one(case: Case, engine: str, server: DatabaseURL) -> Outcome:
    started = time.monotonic()
    drafted: list[Drafted] = []
    ours, why_ours = _ended(lambda: drafted.append(generate(case, server)))
    plain, why = _ended(lambda: autogenerate(case, server, drafted[0].after if drafted else None))
    return Outcome(case.name, engine, plain, ours, why, why_ours, time.monotonic() - started)


def _ended(attempt: Callable[[], None]) -> tuple[str, str]:
    try:
        attempt()
    except Trouble as trouble:
        return trouble.stage, str(trouble)
    return OK, ""


def main() -> None:
    """Print a table, or write the page; the exit code is 1 where Bothways fails in a case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engines", nargs="*", choices=[*ENGINES, []], default=[])
    parser.add_argument("-k", dest="words", default="", help="only cases with these words in their names")
    parser.add_argument("--details", action="store_true", help="tell for each failure of Bothways what was seen")
    parser.add_argument("--write", action="store_true", help="write docs/generate-cases.md")
    chosen = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        # What Alembic writes hangs on the order of sets; this way two runs tell the same.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    outcomes: list[Outcome] = []
    versions: dict[str, str] = {}
    print(f"{'engine':<12}{'cases':>7}{'plain Alembic':>22}{'Bothways':>18}{'seconds':>10}")
    engines = [engine for engine in ENGINES if engine in (chosen.engines or ENGINES)]
    with ProcessPoolExecutor(len(engines), get_context("spawn")) as pool:
        for engine, (version, found) in zip(
            engines, pool.map(play, engines, [chosen.words] * len(engines)), strict=True
        ):
            versions[engine] = version
            outcomes += found
            print(_line(engine, found), flush=True)
    for outcome in outcomes:
        if outcome.bothways != OK:
            print(
                f"{outcome.engine}: {outcome.case}: {outcome.bothways_detail if chosen.details else outcome.bothways}"
            )
    if chosen.write:
        PAGE.write_text(page(outcomes, versions), encoding="utf-8")
    sys.exit(1 if any(outcome.bothways != OK for outcome in outcomes) else 0)


def _line(engine: str, found: list[Outcome]) -> str:
    plain, ours = (sum(getattr(o, who) == OK for o in found) for who in ("plain", "bothways"))
    shown = [f"{n} ({percent(n, len(found))})" for n in (plain, ours)]
    return f"{engine:<12}{len(found):>7}{shown[0]:>22}{shown[1]:>18}{sum(o.seconds for o in found):>10.1f}"


if __name__ == "__main__":
    main()
