"""Who serves the table: Bothways' own service and those that it is measured against, each one worker, a pool of 16."""

from __future__ import annotations

import json
import os
import random
import secrets
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bench.serving.load import NUMBER, Ask
from bench.serving.peers import python
from bench.serving.processes import Service, free_port, service
from bench.serving.rows import ROOT, body, change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bothways.urls import DatabaseURL

OPERATIONS = ("get", "page", "post", "patch")
POOL = 16
PAGE = 50
PAGES = 20
_USER = "bench"

BOTHWAYS = "bothways"
BARE = "bare asyncpg"
HAND_WRITTEN = "hand-written"
FASTCRUD = "FastCRUD"
ON_ENGINE = {
    "postgresql": (BOTHWAYS, BARE, HAND_WRITTEN, FASTCRUD),
    "mysql": (BOTHWAYS, HAND_WRITTEN),
    "sqlite": (BOTHWAYS, HAND_WRITTEN),
}
"""Who is measured where; the peers that know asyncpg only are measured there only."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A running service of the table; ``base`` is the table's address, ``headers`` go with each request."""

    label: str
    service: Service
    base: str
    headers: Mapping[str, str]
    pages: tuple[str, ...] = ()
    """The queries of its pages, for one that pages by keys."""

    def asks(self, operation: str, keys: list[str]) -> list[Ask]:
        """The requests of an operation, to be sent in turn."""
        if operation == "get":
            return [self.ask("GET", f"/{key}") for key in keys]
        if operation == "page":
            return [self.ask("GET", query) for query in self.pages or _by_offset()]
        if operation == "post":
            return [self.ask("POST", "", body())]
        return [self.ask("PATCH", f"/{key}", change()) for key in keys]

    def ask(self, method: str, path: str, document: dict[str, Any] | None = None) -> Ask:
        """One request."""
        text = json.dumps(document) if document is not None else ""
        return Ask(method, self.base + path, text, self.headers)

    def fetch(self, ask: Ask) -> Any:
        """The document that answers a request; raises OSError where it is refused."""
        text = ask.body.replace(NUMBER, f"{random.randrange(10 ** len(NUMBER)):0{len(NUMBER)}}").encode() or None
        headers = {**ask.headers, "content-type": "application/json"}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.service.port}{ask.path}", text, headers, method=ask.method
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def _by_offset() -> list[str]:
    return [f"?limit={PAGE}&offset={PAGE * number}" for number in range(1, PAGES + 1)]


@contextmanager
def contender(label: str, url: DatabaseURL, folder: Path) -> Iterator[Contender]:
    """Start a service of the database at ``url``; its log goes to ``folder``. It is ended with the block."""
    start = {BOTHWAYS: _bothways, BARE: _bare, HAND_WRITTEN: _hand_written, FASTCRUD: _fast_crud}[label]
    with start(url, folder) as started:
        yield started


@contextmanager
def _bothways(url: DatabaseURL, folder: Path) -> Iterator[Contender]:
    port = free_port()
    name = url.dialect
    environ = {
        **_environ(),
        f"BOTHWAYS_{name.upper()}_URL": url.reveal(),
        "BOTHWAYS_SERVE": name,
        "BOTHWAYS_POOL_SIZE": str(POOL),
        "BOTHWAYS_POOL_OVERFLOW": "0",
        "BOTHWAYS_LOG_FORMAT": "json",
        "BOTHWAYS_SECRET": secrets.token_urlsafe(48),
        # A limit that no load here meets: it is counted like any other.
        "BOTHWAYS_RATE_LIMIT": "100000/second",
        "BOTHWAYS_ACCESS_MINUTES": "60",
    }
    program = [sys.executable, "-m", "bothways", "-c", ROOT / "alembic.ini"]
    password = _user(program, environ)
    base = f"/api/v1/{name}/products"
    log = folder / "bothways.log"
    with service([*program, "serve", "--port", str(port)], port, environ, ROOT, log, "/health/live") as started:
        login = {"name": _USER, "password": password}
        token = Contender(BOTHWAYS, started, "/api/v1/auth/login", {})
        bearer = token.fetch(token.ask("POST", "", login))["access_token"]
        known = Contender(BOTHWAYS, started, base, {"authorization": f"Bearer {bearer}"})
        yield replace(known, pages=tuple(_pages(known)))


def _user(program: Sequence[str | Path], environ: Mapping[str, str]) -> str:
    """Make the user who asks; their password."""
    password = secrets.token_urlsafe(18)
    command = [*program, "-q", "user", "add", _USER, "--role", "writer", "--password-stdin"]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, input=f"{password}\n", capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"no user can be made: {done.stderr.strip()}")
    return password


def _pages(served: Contender) -> Iterator[str]:
    query = f"?limit={PAGE}"
    for _ in range(PAGES):
        query = f"?limit={PAGE}&cursor={served.fetch(served.ask('GET', query))['next']}"
        yield query


@contextmanager
def _bare(url: DatabaseURL, folder: Path) -> Iterator[Contender]:
    with _app(BARE, "bare", python(), url, folder, f"/products?limit={PAGE}") as started:
        first = Contender(BARE, started, "/products", {})
        pages = [f"?limit={PAGE}"]
        for _ in range(PAGES):
            last = first.fetch(first.ask("GET", pages[-1]))["items"][-1]["id"]
            pages.append(f"?limit={PAGE}&after={last}")
        yield replace(first, pages=tuple(pages[1:]))


@contextmanager
def _hand_written(url: DatabaseURL, folder: Path) -> Iterator[Contender]:
    name = "hand_written" if url.is_async else "hand_written_sync"
    with _app(HAND_WRITTEN, name, sys.executable, url, folder, "/openapi.json") as started:
        yield Contender(HAND_WRITTEN, started, "/products", {})


@contextmanager
def _fast_crud(url: DatabaseURL, folder: Path) -> Iterator[Contender]:
    with _app(FASTCRUD, "fast_crud", python(), url, folder, "/openapi.json") as started:
        yield Contender(FASTCRUD, started, "/products", {})


@contextmanager
def _app(
    label: str, name: str, interpreter: str | Path, url: DatabaseURL, folder: Path, ready: str
) -> Iterator[Service]:
    port = free_port()
    address = url.to_sqlalchemy().render_as_string(hide_password=False)
    environ = {**_environ(), "BENCH_URL": address, "BENCH_POOL": str(POOL)}
    command = [interpreter, "-m", "uvicorn", f"bench.serving.apps.{name}:app", "--port", str(port)]
    command += ["--no-access-log", "--log-level", "warning"]
    with service(command, port, environ, ROOT, folder / f"{label}.log", ready) as started:
        yield started


def _environ() -> dict[str, str]:
    # Whatever this machine's environment says of databases and settings is not what is measured.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOTHWAYS_")}
    return {**kept, "PYTHONPATH": str(ROOT)}
