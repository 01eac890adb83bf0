"""Migrations of the served table while it is served: a newer checkout that goes up and down, again and again.

The checkout is a copy of the project whose history goes a few revisions further than that of the running service, each
written so that the engine blocks nobody for long. It is run as people run it, by ``bothways upgrade`` and
``bothways downgrade``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.serving.rows import ROOT, project_of
from bothways.history import History

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bothways.urls import DatabaseURL

_LIMIT = 120.0
"""Seconds after which a run is ended and has failed."""
_BREATH = 0.5
"""Seconds between two runs."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a revision does up and down; ``alone`` is one that may not run in a transaction."""

    change: str
    up: str
    down: str
    alone: bool = False


STEPS: dict[str, tuple[Body, ...]] = {
    "postgresql": (
        Body(
            "weigh-products", "ALTER TABLE products ADD COLUMN grams integer", "ALTER TABLE products DROP COLUMN grams"
        ),
        Body(
            "index-products-by-change",
            "CREATE INDEX CONCURRENTLY ix_products_updated_at ON products (updated_at)",
            "DROP INDEX CONCURRENTLY ix_products_updated_at",
            alone=True,
        ),
        Body(
            "refuse-weightless-products",
            "ALTER TABLE products ADD CONSTRAINT ck_products_grams CHECK (grams > 0) NOT VALID",
            "ALTER TABLE products DROP CONSTRAINT ck_products_grams",
        ),
        Body("validate-weights", "ALTER TABLE products VALIDATE CONSTRAINT ck_products_grams", "SELECT 1"),
        # Statements that were prepared before it answer with columns of other types after it.
        Body(
            "describe-by-varchar",
            "ALTER TABLE products ALTER COLUMN description TYPE varchar",
            "ALTER TABLE products ALTER COLUMN description TYPE text",
        ),
    ),
    "mysql": (
        Body(
            "weigh-products",
            "ALTER TABLE products ADD COLUMN grams integer, ALGORITHM=INSTANT",
            "ALTER TABLE products DROP COLUMN grams, ALGORITHM=INSTANT",
        ),
        Body(
            "index-products-by-change",
            "ALTER TABLE products ADD INDEX ix_products_updated_at (updated_at), ALGORITHM=INPLACE, LOCK=NONE",
            "ALTER TABLE products DROP INDEX ix_products_updated_at, ALGORITHM=INPLACE, LOCK=NONE",
        ),
        Body(
            "count-products",
            "ALTER TABLE products ADD COLUMN pieces integer NOT NULL DEFAULT 1, ALGORITHM=INSTANT",
            "ALTER TABLE products DROP COLUMN pieces, ALGORITHM=INSTANT",
        ),
    ),
    "sqlite": (
        Body(
            "weigh-products", "ALTER TABLE products ADD COLUMN grams integer", "ALTER TABLE products DROP COLUMN grams"
        ),
        Body(
            "index-products-by-change",
            "CREATE INDEX ix_products_updated_at ON products (updated_at)",
            "DROP INDEX ix_products_updated_at",
        ),
        Body(
            "count-products",
            "ALTER TABLE products ADD COLUMN pieces integer NOT NULL DEFAULT 1",
            "ALTER TABLE products DROP COLUMN pieces",
        ),
    ),
}
"""The further revisions of each engine."""


@dataclass(frozen=True, slots=True)
class Went:
    """One run: up or down, how many revisions it ran, seconds, and why it failed (None where it did not)."""

    direction: str
    revisions: int
    seconds: float
    trouble: str | None


class Newer:
    """The newer checkout in ``folder``, for the database at ``url``; the service's own head is its ``bottom``."""

    def __init__(self, folder: Path, url: DatabaseURL) -> None:
        self._folder, self._url = folder, url
        for name in ("migrations", "schema"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "alembic.ini", folder)
        branch = project_of(url, folder / "alembic.ini").databases[0].branch
        head = History.load(branch).head
        assert head is not None
        self.bottom = parent = head.id
        for number, body in enumerate(STEPS[url.dialect]):
            name = f"later_{number}"
            (head.path.parent / f"{name}.py").write_text(_revision(name, parent, body))
            parent = name

    def go(self, direction: str) -> Went:
        """One run to the end."""
        words = ["upgrade", self._url.dialect] if direction == "up" else ["downgrade", self._url.dialect, self.bottom]
        command = [sys.executable, "-m", "bothways", "-q", *words, "-o", "json"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BOTHWAYS_")}
        environ = {**kept, "PYTHONPATH": str(ROOT), f"BOTHWAYS_{self._url.dialect.upper()}_URL": self._url.reveal()}
        started = time.perf_counter()
        try:
            done = subprocess.run(
                command, cwd=self._folder, env=environ, capture_output=True, text=True, check=False, timeout=_LIMIT
            )
        except subprocess.TimeoutExpired:
            return Went(direction, 0, time.perf_counter() - started, f"ended after {_LIMIT:.0f} s")
        seconds = time.perf_counter() - started
        if done.returncode:
            return Went(direction, 0, seconds, (done.stderr.strip() or f"exit {done.returncode}")[:300])
        return Went(direction, len(json.loads(done.stdout)["steps"]), seconds, None)

    @contextmanager
    def going(self, runs: list[Went]) -> Iterator[None]:
        """While the block runs, it goes up and down and adds to ``runs``; afterwards it is at the bottom."""
        over = threading.Event()

        def again_and_again() -> None:
            direction = "up"
            while not over.is_set() or direction == "down":
                runs.append(self.go(direction))
                direction = "down" if direction == "up" else "up"
                over.wait(_BREATH)

        thread = threading.Thread(target=again_and_again)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _revision(name: str, parent: str, body: Body) -> str:
    def function(direction: str, statement: str) -> list[str]:
        run = f"op.execute({statement!r})"
        lines = ["    with op.get_context().autocommit_block():", f"        {run}"] if body.alone else [f"    {run}"]
        return [f"def {direction}() -> None:", *lines]

    head = [
        f'"""{body.change.replace("-", " ").capitalize()}"""',
        "from alembic import op",
        f"revision = {name!r}\ndown_revision = {parent!r}\nbranch_labels = None\ndepends_on = None",
        f"change = {body.change!r}",
    ]
    return "\n\n".join([*head, "\n".join(function("upgrade", body.up)), "\n".join(function("downgrade", body.down))])
