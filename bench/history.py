"""The main job on real input: the whole history up, down and up again with 10,000 rows and more, on every engine.

For each engine a scratch database is brought to the first revision by ``bothways upgrade`` and rows are planted over
all its tables; then ``bothways upgrade`` goes to the head, ``bothways downgrade`` back to the first revision, and
``bothways upgrade`` to the head again, each as a process of its own. Catalogs and rows are compared by the server's own
digests: before with after the way down, head with head. Last, ``alembic check`` and ``bothways check`` find nothing.

Usage: script/bench history [--rows N]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bothways import scratch, servers
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.history import History
from bothways.project import Project
from bothways.snapshot import Snapshot, difference
from bothways.urls import DatabaseURL
from tests.roundtrip.rows import plant

ENGINES = ("postgresql", "mysql", "sqlite")


@dataclass
class Engine:
    """One engine's database, and the commands run on it."""

    name: str
    url: DatabaseURL

    def run(self, program: str, *arguments: str) -> float:
        """Seconds that a command took; ends the benchmark where it fails."""
        environ = {**os.environ, f"BOTHWAYS_{self.name.upper()}_URL": self.url.reveal()}
        started = time.monotonic()
        done = subprocess.run(
            [Path(sys.executable).with_name(program), *arguments],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(
                f"{program} {' '.join(arguments)} on {self.name}: exit {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return time.monotonic() - started

    def snapshot(self) -> Snapshot:
        """Catalog and rows."""
        return call(self.url, lambda c: take(c, rows=True))


def counts(snapshot: Snapshot) -> list[int]:
    """Rows a table."""
    return [int(f["count"]) for k, f in snapshot.objects.items() if k.startswith("rows:") and "count" in f]


def prove(engine: Engine, history: History, rows: int) -> bool:
    """The whole way; prints a line and says whether all was equal."""
    first = history.revisions[0].id
    engine.run("bothways", "--quiet", "upgrade", engine.name, first)
    call(engine.url, lambda c: (plant(c, rows), c.commit()), purpose="write")
    planted = engine.snapshot()
    up = engine.run("bothways", "--quiet", "upgrade", engine.name)
    head = engine.snapshot()
    down = engine.run("bothways", "--quiet", "downgrade", engine.name, first)
    back = difference(planted, engine.snapshot())
    engine.run("bothways", "--quiet", "upgrade", engine.name)
    again = difference(head, engine.snapshot())
    engine.run("alembic", "-n", engine.name, "check")
    engine.run("bothways", "check", "--database", engine.name)
    tables = counts(planted)
    verdict = "equal" if not back and not again else "DIFFERENT"
    print(
        f"{planted.server_version:18} {sum(tables):>7} {len(tables):>7} {len(history.revisions) - 1:>10} "
        f"{up:>7.2f} {down:>7.2f}  {verdict}"
    )
    for change in (*back, *again):
        print(f"    {change}")
    return not back and not again


def main() -> None:
    """Start the servers, prove each engine, exit 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=12_000, help="about how many rows to plant on each engine")
    rows = parser.parse_args().rows
    project = Project.load("alembic.ini", environ={})
    print("server                rows  tables  revisions    up s  down s  catalogs and rows")
    with ExitStack() as stack:
        good = True
        for name in ENGINES:
            server = DatabaseURL.parse("sqlite:///server.db")
            if name != "sqlite":
                server = stack.enter_context(servers.start(name)).url
            url = stack.enter_context(scratch.database(server))
            good &= prove(Engine(name, url), History.load(project.database(name).branch), rows)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
