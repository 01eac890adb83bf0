"""Who proves the same history: Bothways in its ways, and the peers, each a process on databases of its own."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.verifying.running import Run, run
from bothways import scratch, servers
from bothways.urls import DatabaseURL
from bothways.verify import HEALTHY

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = {"postgresql": "PostgreSQL", "mariadb": "MariaDB", "mysql": "MySQL"}
_PEERS_DRIVERS = {"postgresql": "psycopg2", "mysql": "pymysql", "sqlite": "pysqlite"}


@dataclass(frozen=True, slots=True)
class Place:
    """An engine's server, and how long a program may take there. ``folder`` is None for SQLite, which has no server."""

    engine: str
    server: str
    url: DatabaseURL
    folder: Path | None
    limit: float


@contextmanager
def place(engine: str, files: Path, limit: float) -> Iterator[Place]:
    """A private server without fsync, or for SQLite a file in ``files``."""
    if engine not in servers.DIALECTS:
        url = DatabaseURL.parse(f"sqlite:///{files / 'server.db'}")
        yield Place(engine, f"SQLite {sqlite3.sqlite_version}", url, None, limit)
        return
    with servers.start(engine) as server:
        yield Place(engine, f"{_NAMES[server.kind]} {server.version}", server.url, server.folder, limit)


@dataclass(frozen=True, slots=True)
class Bothways:
    """``bothways verify`` with some options, and how many revisions it must prove (None: all)."""

    label: str
    options: tuple[str, ...] = ()
    proves: int | None = None

    def run(self, where: Place, project: Path) -> Run:
        """Prove a project."""
        program = Path(sys.executable).with_name("bothways")
        command = [program, "--quiet", "verify", "-d", where.engine, *self.options, "-o", "json"]
        variable = f"BOTHWAYS_{where.engine.upper()}_URL"
        return run(command, project, {variable: where.url.reveal()}, limit=where.limit, server=where.folder)

    def trouble(self, done: Run, revisions: int) -> str | None:
        """Why its run on a good history does not count, in a line; None where it does."""
        unhealthy = [p for p in proofs(done) if p["verdict"] not in HEALTHY]
        if unhealthy:
            return f"{unhealthy[0]['revision']} is {unhealthy[0]['verdict']}: {unhealthy[0]['evidence']}"
        wanted, proved = self.proves or revisions, len(proofs(done))
        if done.trouble is None and proved != wanted:
            return f"it proved {proved} revisions, not {wanted}"
        return done.trouble


@dataclass(frozen=True, slots=True)
class Peer:
    """One of the peers' tests, run by pytest in their environment on an empty database."""

    label: str
    test: str
    python: Path

    def run(self, where: Place, project: Path) -> Run:
        """Run the test on a project; bothways' own plugin is not there."""
        command = [self.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", self.test]
        with scratch.database(where.url) as url:
            theirs = replace(url, driver=_PEERS_DRIVERS[where.engine]).reveal()
            return run(command, project / "plain", {"PEER_URL": theirs}, limit=where.limit, server=where.folder)

    def trouble(self, done: Run, _revisions: int) -> str | None:
        """Why its run on a good history does not count, in a line; None where it does."""
        return done.trouble


def proofs(done: Run) -> list[dict[str, Any]]:
    """The proofs that a run of Bothways reported; none where it could not run."""
    try:
        report: list[dict[str, Any]] = json.loads(done.stdout)["proofs"]
    except (ValueError, KeyError):
        return []
    return report
