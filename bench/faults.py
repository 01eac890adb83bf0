"""Planted bad downgrades on every engine: how many the snapshot catches and names, and its false alarms.

Each case runs twice on a scratch database: with a downgrade that runs but does not restore, and with one that does.
The cases are data in tests/faults.

Usage: script/bench faults [postgresql] [mysql] [sqlite]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bothways import servers
from bothways.urls import DatabaseURL
from tests.faults.bench import CASES, Outcome, playground


def outcomes(engine: str) -> list[Outcome]:
    """All cases of an engine, played on a private server of its own."""
    with ExitStack() as stack:
        if engine in servers.DIALECTS:
            server = stack.enter_context(servers.start(engine)).url
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            server = DatabaseURL.parse(f"sqlite:///{Path(folder) / 'server.db'}")
        play = stack.enter_context(playground(server))
        return [play(case) for case in CASES[engine]]


def main() -> None:
    """Print a table; the exit code is 1 where a fault was missed or a control raised an alarm."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engines", nargs="*", choices=[*CASES, []], default=[])
    chosen = parser.parse_args().engines or list(CASES)
    print(f"{'engine':<12}{'cases':>7}{'caught':>8}{'named':>7}{'controls':>10}{'false alarms':>14}{'seconds':>9}")
    problems: list[str] = []
    for engine in chosen:
        started = time.monotonic()
        results = outcomes(engine)
        caught = [o for o in results if o.changes]
        named = [o for o in caught if o.case.fact in o.named]
        alarms = [o for o in results if o.false_alarms]
        seconds = time.monotonic() - started
        print(
            f"{engine:<12}{len(results):>7}{len(caught):>8}{len(named):>7}{len(results):>10}{len(alarms):>14}{seconds:>9.1f}"
        )
        problems += [f"{engine}: not named: {o.case.name}" for o in results if o not in named]
        problems += [f"{engine}: false alarm: {o.case.name}: {c}" for o in alarms for c in o.false_alarms]
    print(*problems, sep="\n", end="\n" if problems else "")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
