"""Requests made from the OpenAPI document, good and bad, sent to the real service by callers of every role.

On each engine a scratch database at head, with users of every role, and the service over it with a secret and without
one. schemathesis makes the requests: boundary values of every parameter and field, parts left out, wrong methods and
types, and random ones that fit or do not; each is sent by every caller in turn. An answer is a violation where it is
5xx (but a documented 503), its status, type, headers or body are not in the document, what does not fit is accepted,
what fits is refused as malformed, 405 lacks Allow, or nobody in particular is let in.

Shown are the answers by status and caller, with --operations by operation too, and every violation. Exits with 1 where
there is one.

Usage: script/bench contract [--requests 20000] [--engine sqlite] [--role writer] [--seed 1] [--json]
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
import time
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bench.attacking.contract import LEFT_OUT, STEERED, Attack, Tally
from bench.attacking.target import CALLERS, attacked
from bothways import scratch, servers
from bothways.urls import DatabaseURL
from tests.api.conftest import migrate

if TYPE_CHECKING:
    from collections import Counter

ENGINES = ("sqlite", "postgresql", "mysql")


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--requests", type=int, default=20_000, help="requests on each engine, at least (default 20000)")
    add("--seconds", type=float, default=3_600, help="no further round on an engine after that many (default 3600)")
    add("--engine", action="append", choices=ENGINES, help="only this engine; may be repeated")
    add("--role", action="append", choices=CALLERS, help="only this caller; may be repeated")
    add("--seed", type=int, default=random.SystemRandom().randrange(2**31), help="makes the same requests again")
    add("--operations", action="store_true", help="show the answers of each operation")
    add("--json", action="store_true", help="for programs")
    return parser.parse_args()


def attack(server: DatabaseURL, options: argparse.Namespace) -> Tally:
    """Rounds over every operation of one engine until there were enough requests."""
    end = time.monotonic() + options.seconds
    with scratch.database(server) as url:
        migrate(url)
        with attacked(url) as target:
            tally = Tally()
            for number in range(1_000_000):
                round_ = Attack(target, options.seed + number, options.role or CALLERS, tally)
                for operation in round_.operations():
                    round_.fuzz(operation, 2)
                    round_.cover(operation, 12)
                if tally.requests >= options.requests or time.monotonic() > end:
                    return tally
    raise AssertionError("the rounds have no end")


def show(engine: str, tally: Tally, seconds: float, options: argparse.Namespace) -> None:
    """Print what came back."""
    print(f"\n{engine}: {tally.requests:,} requests in {seconds:.0f} s, {len(tally.violations)} violations")
    print("  " + ", ".join(f"{status} {count:,}" for status, count in sorted(tally.statuses.items())))
    if tally.never_wrong:
        print("  no request that does not fit: " + ", ".join(sorted(tally.never_wrong)))
    for told, count in tally.unready.items():
        print(f"  503, {count} times: {told}")
    for caller in options.role or CALLERS:
        print(f"  {caller:10} " + _line(tally.callers, caller))
    if options.operations:
        for operation in sorted({operation for operation, _ in tally.operations}):
            print(f"  {operation:60} " + _line(tally.operations, operation))
    for found in tally.kinds().values():
        print(f"\n  {len(found)} times: {found[0]}")


def _line(counts: Counter[tuple[str, int]], name: str) -> str:
    return ", ".join(f"{status} {count:,}" for (of, status), count in sorted(counts.items()) if of == name)


def as_json(tallies: dict[str, Tally], seed: int) -> str:
    """The figures and every violation."""
    engines = {
        engine: {
            "requests": tally.requests,
            "statuses": dict(sorted(tally.statuses.items())),
            "violations": [str(violation) for violation in tally.violations],
        }
        for engine, tally in tallies.items()
    }
    return json.dumps({"seed": seed, "left_out": LEFT_OUT, "steered": STEERED, "engines": engines}, indent=2)


def main() -> None:
    """Attack each engine in turn."""
    options = parsed()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    tallies: dict[str, Tally] = {}
    if not options.json:
        print(f"seed {options.seed}; checks left out: " + "; ".join(f"{n} ({why})" for n, why in LEFT_OUT.items()))
    for engine in options.engine or ENGINES:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            server = DatabaseURL.parse(f"sqlite:///{folder / 'server.db'}")
            if engine in servers.DIALECTS:
                server = stack.enter_context(servers.start(engine)).url
            before = time.monotonic()
            tallies[engine] = attack(server, options)
            if not options.json:
                show(engine, tallies[engine], time.monotonic() - before, options)
    if options.json:
        print(as_json(tallies, options.seed))
    sys.exit(any(tally.violations for tally in tallies.values()))


if __name__ == "__main__":
    main()
