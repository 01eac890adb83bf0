"""The generator's laws over thousands of evolutions of models on one engine, with progress, a count and a seed.

Every evolution is drafted, run up and down, empty and over rows, and held against the laws of tests/generate/laws.py.
A failure is shrunk and printed as it can be kept in tests/generate/regressions.py; the exit status is 1.

Usage: script/bench laws ENGINE [--examples N] [--seed N] [--kinds ready|all|KIND,KIND…]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from bothways import servers
from bothways.urls import DatabaseURL
from tests.generate.evolutions import ALL, evolutions
from tests.generate.laws import Tally, obey
from tests.generate.ready import READY


@contextmanager
def server(engine):
    """A private server; for SQLite a folder."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield DatabaseURL.parse(f"sqlite:///{Path(folder) / 'server.db'}")
    else:
        with servers.start(engine) as running:
            yield running.url


def run(url, engine, options, kinds):
    """Hold that many evolutions against the laws; the tally. Raises what broke a law first, shrunk."""
    tally, began, last = Tally(), time.monotonic(), [None]

    @seed(options.seed)
    @settings(
        max_examples=options.examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, *([] if options.no_shrink else [Phase.shrink])],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(evolutions(engine, kinds))
    def laws(evolution):
        last[0] = evolution
        obey(url, evolution, tally)
        if tally.seen["tried"] % 50 == 0:
            seconds = time.monotonic() - began
            print(f"{engine}: {tally.seen['tried']} in {seconds:.0f} s {dict(tally.seen)}", file=sys.stderr, flush=True)

    try:
        laws()
    except BaseException:
        print(f"{engine}, seed {options.seed}, example {tally.seen['tried']}:\n{last[0]!r}\n")
        raise
    return tally, time.monotonic() - began


def main():
    """Parse, run, print the tally."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=sorted(READY))
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", default="ready", help="what is drawn: ready (the default), all, or a list")
    parser.add_argument("--no-shrink", action="store_true", help="show the first failure as it is")
    options = parser.parse_args()
    named = {"ready": READY[options.engine], "all": ALL}
    kinds = named.get(options.kinds) or frozenset(options.kinds.split(","))
    if unknown := kinds - ALL:
        parser.error(f"no such kinds: {', '.join(sorted(unknown))}; there are {', '.join(sorted(ALL))}")
    with server(options.engine) as url:
        try:
            tally, seconds = run(url, options.engine, options, kinds)
        except Exception:  # noqa: BLE001 - whatever broke, it is told
            traceback.print_exc(limit=-4, file=sys.stdout)
            return 1
    tally.check()
    print(f"{options.engine}, seed {options.seed}: {dict(tally.seen)}, no failure, {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
