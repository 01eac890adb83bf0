"""bothways revision and check beside alembic revision --autogenerate and alembic check, as the number of tables grows.

A project of 100, 500 and 1,000 tables whose models have one column more than its head. On a private server of each
engine (no fsync) the database stands at the head; then, in turn, each as a process of its own: ``bothways revision
--dry-run`` (which builds head and models in scratch databases and runs what it drafts both ways), ``bothways check``,
``alembic revision --autogenerate`` and ``alembic check`` (which read the database that is there). Beside them stands a
program that imports Bothways and the models, and ends: no way of comparing can cost less. Shown is the least CPU of the
rounds, of process and server, and the ratios.

Usage: script/bench generate [--engine sqlite] [--tables 100,500,1000] [--rounds 2] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.verifying import projects
from bench.verifying.contenders import Place, place
from bench.verifying.running import Run, run
from bothways import scratch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bothways.urls import DatabaseURL

_DRIVERS = {"postgresql": "psycopg2", "mysql": "pymysql", "sqlite": "pysqlite"}
_PEERS = {"bothways revision": "alembic revision", "bothways check": "alembic check", "imports alone": "alembic check"}
_IMPORTS = """
import bothways.check, bothways.cli
from bothways.project import Project
print("note" in Project.load().metadata().tables["t0001"].columns and "note")
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one command beside so many tables; the ratio is the peer's CPU of process and server to its own."""

    engine: str
    tables: int
    command: str
    wall: float
    cpu: float
    server_cpu: float | None
    trouble: str | None

    @property
    def whole(self) -> float:
        """CPU seconds of the process and of the server."""
        return self.cpu + (self.server_cpu or 0.0)


def costs(where: Place, folder: Path, tables: int, rounds: int) -> Iterator[Cost]:
    """Each command's least CPU on a project of so many tables."""
    project = _project(folder / f"{where.engine}-{tables}", tables)
    with scratch.database(where.url) as url:
        ready = _plain(where, project, url, "upgrade", "head")
        if ready.trouble:
            raise SystemExit(f"alembic upgrade head: {ready.trouble}")
        commands = {
            "bothways revision": lambda: _bothways(where, project, "revision", "-m", "Add a note", "--dry-run"),
            "bothways check": lambda: _bothways(where, project, "check"),
            "imports alone": lambda: run([sys.executable, "-c", _IMPORTS], project, {}, limit=where.limit),
            "alembic revision": lambda: _revision(where, project, url),
            "alembic check": lambda: _plain(where, project, url, "check"),
        }
        for name, command in commands.items():
            done = min((command() for _ in range(rounds)), key=lambda d: d.cpu + (d.server_cpu or 0.0))
            # Both checks end with 1 or 255, because there is a difference to find.
            wrong = done.over_limit or ("note" not in done.stdout + done.stderr)
            yield Cost(where.engine, tables, name, done.wall, done.cpu, done.server_cpu, _last(done) if wrong else None)


def _project(folder: Path, tables: int) -> Path:
    """Tables of ten columns, two indexes and a foreign key, made by one revision; the models have one column more."""
    script = projects.Script()
    names = [f"t{number:04}" for number in range(1, tables + 1)]
    script.create(*names, more=_more)
    script.tables["t0001"].columns["note"] = "sa.String(200)"
    project = projects.write(folder, script)
    shutil.copy(Path("migrations") / "script.py.mako", project / "migrations")
    return project


def _more(table: projects.Table) -> None:
    table.key = f"pk_{table.name}"
    table.columns["id"] = "sa.Integer, autoincrement=False, nullable=False"
    key = f'sa.ForeignKey("t0001.id", name="fk_{table.name}_parent")'
    table.columns |= {f"c{number}": "sa.String(50)" for number in range(5)}
    table.columns["parent_id"] = f"sa.Integer, {key}"
    table.indexed += ["name", "parent_id"]


def _bothways(where: Place, project: Path, *words: str) -> Run:
    program = Path(sys.executable).with_name("bothways")
    command = [program, "--quiet", words[0], "-d", where.engine, *words[1:]]
    variable = f"BOTHWAYS_{where.engine.upper()}_URL"
    return run(command, project, {variable: where.url.reveal()}, limit=where.limit, server=where.folder)


def _plain(where: Place, project: Path, url: DatabaseURL, *words: str) -> Run:
    program = Path(sys.executable).with_name("alembic")
    theirs = url.with_driver(_DRIVERS[where.engine]).reveal()
    return run([program, *words], project / "plain", {"PEER_URL": theirs}, limit=where.limit, server=where.folder)


def _revision(where: Place, project: Path, url: DatabaseURL) -> Run:
    before = set((project / "migrations" / "versions").glob("*.py"))
    done = _plain(where, project, url, "revision", "--autogenerate", "-m", "Add a note")
    for new in set((project / "migrations" / "versions").glob("*.py")) - before:
        new.unlink()
    return done


def _last(done: Run) -> str:
    return ((done.stdout + done.stderr).strip().splitlines() or ["it said nothing"])[-1][:160]


def table(found: list[Cost]) -> list[str]:
    """A line a command; ratios beside ours."""
    lines = [f"{'':12} tables  command             wall s   CPU s  server CPU s   peer's CPU : ours"]
    by = {(c.engine, c.tables, c.command): c for c in found}
    for cost in found:
        peer = by.get((cost.engine, cost.tables, _PEERS.get(cost.command, "")))
        ratio = f"{peer.cpu / cost.cpu:8.2f} ({peer.whole / cost.whole:.2f} with the server's)" if peer else ""
        server = "-" if cost.server_cpu is None else f"{cost.server_cpu:.2f}"
        lines.append(
            f"{cost.engine:12} {cost.tables:>6}  {cost.command:18} {cost.wall:>7.2f} {cost.cpu:>7.2f} {server:>13}"
            f"   {ratio}".rstrip()
        )
        lines += [f"    {cost.trouble}"] if cost.trouble else []
    return lines


def main() -> int:
    """Measure and print."""

    def numbers(text: str) -> list[int]:
        return [int(part) for part in text.split(",") if part]

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", action="append", choices=projects.ENGINES, help="only this engine; may be repeated")
    parser.add_argument("--tables", type=numbers, default=[100, 500, 1000], metavar="N,…")
    parser.add_argument("--rounds", type=int, default=2, help="the least counts (default 2)")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds after which one run is ended")
    parser.add_argument("--json", action="store_true", help="the results as JSON on stdout, the tables on stderr")
    wanted = parser.parse_args()
    found: list[Cost] = []
    out = sys.stderr if wanted.json else sys.stdout
    with tempfile.TemporaryDirectory(prefix="bothways-bench-") as name:
        for engine in wanted.engine or projects.ENGINES:
            with place(engine, Path(name), wanted.limit) as where:
                mine = [c for tables in wanted.tables for c in costs(where, Path(name), tables, wanted.rounds)]
            print(where.server, *table(mine), sep="\n", end="\n\n", file=out, flush=True)
            found += mine
    if wanted.json:
        about = {
            "date": datetime.now(UTC).date().isoformat(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        }
        print(json.dumps({**about, "costs": [asdict(c) for c in found]}, indent=2))
    return int(any(c.trouble for c in found))


if __name__ == "__main__":
    raise SystemExit(main())
