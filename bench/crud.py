"""The generated CRUD service beside a bare ASGI application, a hand-written FastAPI service and FastCRUD.

All serve one table of 100,000 rows (``products`` at the head of the real history) on one private server without fsync,
each as one worker with 16 connections to it: a row by its key, a page of 50, POST, PATCH, from 32 clients, in
turn, in several short rounds. Bothways is ``bothways serve`` as its users run it, validation and the log on. MariaDB
and SQLite: Bothways beside the hand-written service. The peers live in an environment of their own in
data/bench-services, made at the first run.

Shown are the medians of the rounds: answers a second, CPU microseconds a request of the service and of the database
server, latency, and, from a pass of their own, the statements that a request costs. Exits with 1 where a service
refuses a request or they do not serve the same rows. Needs Linux.

Usage: script/bench crud [--engine postgresql] [--rounds 3] [--seconds 2] [--rows 100000] [--json]
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.serving import rows
from bench.serving.cells import Results, Size, cell
from bench.serving.contenders import ON_ENGINE, OPERATIONS, PAGE, POOL, Contender, contender
from bench.serving.load import client
from bench.serving.statements import counting
from bench.verifying.contenders import place
from bothways import scratch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.serving.load import Client
    from bench.serving.statements import Count
    from bench.verifying.contenders import Place
    from bothways.urls import DatabaseURL

_KEYS = 5_000
_COUNTED = 80
"""Requests by which statements are counted."""


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--engine", action="append", choices=tuple(ON_ENGINE), help="only this engine; may be repeated")
    add("--operation", action="append", choices=OPERATIONS, help="only this operation; may be repeated")
    add("--rounds", type=int, default=3, help="rounds of each load (default 3)")
    add("--seconds", type=float, default=2.0, help="seconds of one load (default 2)")
    add("--rows", type=int, default=100_000, help="rows of the table (default 100000)")
    add("--connections", type=int, default=32, help=f"clients, over a pool of {POOL} (default 32)")
    add("--json", action="store_true", help="the results as JSON on stdout, the tables on stderr")
    wanted = parser.parse_args()
    if wanted.rows < PAGE * 30:
        parser.error(f"--rows: the pages need {PAGE * 30} rows and more")
    return wanted


def measure(where: Place, url: DatabaseURL, wanted: argparse.Namespace, client: Client, folder: Path) -> Results:
    """Every contender of an engine on the database at ``url``."""
    labels = ON_ENGINE[where.engine]
    results = Results(where.server, wanted.rows, labels, judged=where.engine == "postgresql")
    operations = wanted.operation or OPERATIONS
    size = Size(connections=wanted.connections, seconds=wanted.seconds)
    rows.fill(url, wanted.rows)
    keys = rows.keys(url, _KEYS)
    with ExitStack() as stack:
        served = [stack.enter_context(contender(label, url, folder)) for label in labels]
        require_the_same(served, keys)
        rows.tidy(url)
        with counting(where) as count:
            for operation, one in product(operations, served):
                results.statements[operation, one.label] = statements(count, one, operation, keys, client)
        for number in range(wanted.rounds):
            for operation in operations:
                for one in served if number % 2 == 0 else reversed(served):
                    asks = one.asks(operation, keys)
                    results.add(operation, one.label, cell(one, asks, client, size, where.folder))
                rows.tidy(url)
        results.memory = {one.label: one.service.memory() for one in served}
    return results


def require_the_same(served: list[Contender], keys: list[str]) -> None:
    """Ends the benchmark where a contender does not do what the others do."""
    for one in served:
        found = one.fetch(one.asks("get", keys[:1])[0])
        page = one.fetch(one.asks("page", keys)[0])
        made = one.fetch(one.asks("post", keys)[0])
        changed = one.fetch(one.asks("patch", keys[:1])[0])
        items = page if isinstance(page, list) else page.get("items", page.get("data"))
        wanted = rows.change()
        if not (
            found["id"] == keys[0]
            and len(items) == PAGE
            and Decimal(str(made["price"])) == Decimal(rows.body()["price"])
            and (changed is None or changed["name"] == wanted["name"])
            and one.fetch(one.asks("get", keys[:1])[0])["name"] == wanted["name"]
        ):
            sys.exit(f"{one.label} does not serve what the others do: {found} {len(items)} {made} {changed}")
        one_row = one.ask("PATCH", f"/{keys[0]}", {"name": "As it was", "price": "1.00"})
        one.fetch(one_row)


def statements(count: Count, served: Contender, operation: str, keys: list[str], client: Client) -> float | None:
    """Statements a request; None where no server can tell."""
    asks = served.asks(operation, keys)
    port = served.service.port
    # Connections that are opened while it counts would set themselves up.
    client.load(port, asks, connections=2 * POOL, seconds=1.0, most=_COUNTED)
    found = count(lambda: client.load(port, asks, connections=4, seconds=10.0, most=_COUNTED))
    return None if found is None else round(found / _COUNTED, 2)


def table(results: Results) -> Iterator[str]:
    """The figures of one engine, for people."""
    yield f"{results.server}, {results.rows:,} rows; CPU in microseconds a request, latency in milliseconds"
    yield f"{'':7}{'':15}{'req/s':>8}{'CPU':>8}{'× ours':>8}{'server':>8}{'p50':>8}{'p99':>8}{'p99/p50':>9}{'stmts':>7}"
    for operation, label in results.cells:
        of = {
            name: results.middle(operation, label, name) for name in ("rate", "cpu", "server_cpu", "p50", "p99", "tail")
        }
        count = results.statements.get((operation, label))
        yield (
            f"{operation:7}{label:15}{of['rate']:>8,.0f}{of['cpu']:>8,.0f}{results.ratio(operation, label):>8.2f}"
            f"{of['server_cpu']:>8,.0f}{of['p50']:>8.1f}{of['p99']:>8.1f}{of['tail']:>9.1f}"
            f"{'-' if count is None else f'{count:g}':>7}"
        )
    yield "memory: " + ", ".join(f"{label} {size / 2**20:.0f} MiB" for label, size in results.memory.items())
    for words, met in results.goals():
        yield f"{'met   ' if met else 'MISSED'} {words}"
    yield from (f"DOES NOT COUNT {words}" for words in results.troubles)
    yield ""


def main() -> None:
    """Measure each engine and print its table; exit 1 where a figure does not count."""
    wanted = parsed()
    out = sys.stderr if wanted.json else sys.stdout
    measured: dict[str, Any] = {}
    troubles: list[str] = []
    with client() as loads, tempfile.TemporaryDirectory() as files:
        for engine in wanted.engine or ON_ENGINE:
            folder = Path(files) / engine
            folder.mkdir()
            with place(engine, folder, 60.0) as where, scratch.database(where.url) as url:
                results = measure(where, url, wanted, loads, folder)
            print(*table(results), sep="\n", file=out, flush=True)
            measured[engine] = results.to_dict()
            troubles += results.troubles
    if wanted.json:
        when = datetime.now(UTC).isoformat(timespec="seconds")
        print(json.dumps({"when": when, "python": platform.python_version(), "engines": measured}, indent=2))
    sys.exit(1 if troubles else 0)


if __name__ == "__main__":
    main()
