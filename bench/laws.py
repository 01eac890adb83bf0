"""The generator's laws over thousands of evolutions of models on one engine, with progress, a count and a seed.

Every evolution is drafted, run up and down, empty and over rows, and held against the laws of tests/generate/laws.py.
A failure is shrunk and printed as it can be kept in tests/generate/regressions.py; the exit status is 1.

Usage: script/bench laws ENGINE [--examples N] [--seed N] [--kinds ready|all|KIND,KIND…] [--without KIND,…]
       [--seconds N] [--survey] [--trials N]
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import UnsatisfiedAssumption

from bothways import servers
from bothways.urls import DatabaseURL
from tests.generate.evolutions import ALL, evolutions
from tests.generate.laws import BrokenLawError, Tally, obey
from tests.generate.ready import READY
from tests.generate.reducing import reduced


@contextmanager
def server(engine):
    """A private server; for SQLite a folder."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield DatabaseURL.parse(f"sqlite:///{Path(folder) / 'server.db'}")
    else:
        with servers.start(engine) as running:
            yield running.url


class Failures:
    """What broke, once a kind: the smallest evolution that breaks it so."""

    def __init__(self):
        self.smallest = {}

    @staticmethod
    def kind(error):
        """What tells one failure from another: its class, and how its message begins, without names and numbers."""
        first, _, rest = str(error).partition("\n")
        words = re.sub(r"[0-9]+|\w*_\w+|'.*?'|\".*?\"|`.*?`", "…", first)
        changed = re.match(r" *(\w+) .*: (\w+)", rest) if isinstance(error, BrokenLawError) else None
        return type(error).__name__, words[:50], changed and changed.groups()

    def keep(self, evolution, error):
        """Remember an evolution where none that is smaller broke it in the same way."""
        kind = self.kind(error)
        known = self.smallest.get(kind)
        if known is None:
            print(f"FAILED: {kind}", file=sys.stderr, flush=True)
        if known is None or len(repr(evolution)) < len(repr(known[0])):
            self.smallest[kind] = (evolution, error)

    def reduce(self, url, engine, most):
        """Make each as small as it can be in so many trials."""
        for kind, (evolution, _) in list(self.smallest.items()):
            found = {}

            def fails(smaller, kind=kind, found=found):
                try:
                    obey(url, smaller)
                except UnsatisfiedAssumption:
                    return False
                except Exception as error:  # noqa: BLE001 - which one it is, is asked here
                    found[smaller] = error
                    return self.kind(error) == kind
                return False

            small = reduced(evolution, engine, fails, most)
            if small in found:
                self.smallest[kind] = (small, found[small])
            print(f"REDUCED: {small!r}\n{self.smallest[kind][1]}", file=sys.stderr, flush=True)

    def show(self):
        """Print them as they can be kept."""
        for (kind, *_), (evolution, error) in self.smallest.items():
            frames = traceback.extract_tb(error.__traceback__)[-8:]
            places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
            print(f"\n== {kind} at {places}\n{evolution!r}\n{error}")


def run(url, engine, options, kinds, failures):
    """Hold that many evolutions against the laws; the tally, and whether none failed."""
    tally, began = Tally(), time.monotonic()

    @seed(options.seed)
    @settings(
        max_examples=options.examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(evolutions(engine, kinds))
    def laws(evolution):
        if time.monotonic() - began > options.seconds:
            return
        try:
            obey(url, evolution, tally)
        except Exception as error:
            if not isinstance(error, UnsatisfiedAssumption):
                failures.keep(evolution, error)
            if isinstance(error, UnsatisfiedAssumption) or not options.survey:
                raise
        finally:
            if tally.seen["tried"] % 50 == 0:
                print(f"{time.monotonic() - began:.0f} s {dict(tally.seen)}", file=sys.stderr, flush=True)

    try:
        laws()
    except Exception:  # noqa: BLE001 - kept above, whatever it is
        return tally, time.monotonic() - began, False
    return tally, time.monotonic() - began, not failures.smallest


def main():
    """Parse, run, print the tally."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=sorted(READY))
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", default="ready", help="what is drawn: ready (the default), all, or a list")
    parser.add_argument("--without", default="", help="kinds that are not drawn, of those")
    parser.add_argument("--trials", type=int, default=200, help="how many to reduce one failure (with --survey)")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="try nothing more after so long")
    parser.add_argument("--survey", action="store_true", help="go on after failures and show one of each kind")
    options = parser.parse_args()
    named = {"ready": READY[options.engine], "all": ALL}
    kinds = named.get(options.kinds) or frozenset(options.kinds.split(","))
    kinds -= frozenset(options.without.split(","))
    if unknown := kinds - ALL:
        parser.error(f"no such kinds: {', '.join(sorted(unknown))}; there are {', '.join(sorted(ALL))}")
    failures = Failures()
    with server(options.engine) as url:
        tally, seconds, clean = run(url, options.engine, options, kinds, failures)
        if options.survey:
            failures.reduce(url, options.engine, options.trials)
    failures.show()
    result = "no failure" if clean else "FAILED"
    print(f"{options.engine}, seed {options.seed}: {dict(tally.seen)}, {result}, {seconds:.0f} s")
    if clean:
        tally.check()
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
