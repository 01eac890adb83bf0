"""Tiny projects on each engine whose last revision waits at a gate, so that tests choose when it goes on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bothways import runs
from bothways.connections import call
from bothways.runs import records
from bothways.runs.places import whereabouts
from bothways.urls import DatabaseURL
from tests.tiny import Tiny, with_three_revisions

if TYPE_CHECKING:
    from pathlib import Path

    from bothways.project import Project

SECONDS = 60.0
WAIT = """
import pathlib, time
here = pathlib.Path({folder!r})
op.execute("CREATE TABLE made_by_r4 (id INTEGER PRIMARY KEY)")
# The service renders a revision's SQL without a database, too.
if not op.get_context().as_sql:
    (here / "waits").write_text(str(op.get_bind().engine.url.database))
while not ((here / "open").exists() or op.get_context().as_sql):
    time.sleep(0.02)
"""


@dataclass
class Place:
    """A project of one database, and what tests do with its runs."""

    tiny: Tiny
    url: DatabaseURL
    project: Project

    @property
    def database(self) -> Any:
        return self.project.database("main")

    def start(self, kind: str = "upgrade", target: str | None = None, grace: float = 0.5, **more: Any) -> runs.Run:
        return runs.start(self.project, runs.Wish("main", kind, target, by="tester"), grace=grace, **more)

    def find(self, run: runs.Run) -> runs.Run:
        return runs.find(self.project, run.id)

    def ended(self, run: runs.Run) -> runs.Run:
        """The run when it has ended."""
        return until(lambda: not (found := self.find(run)).under_way and found)

    def waits(self) -> None:
        """Returns when the last revision waits at its gate."""
        until(lambda: (path := self.tiny.folder / "waits").exists() and path.read_text())

    def open(self) -> None:
        (self.tiny.folder / "open").touch()

    def events(self, run: runs.Run) -> list[runs.Event]:
        return list(call(self.url, lambda c: records.events(c, run.id)))

    def at(self) -> tuple[str, ...]:
        return whereabouts(self.database, None)


def until(found: Any) -> Any:
    """What a function gives as soon as it gives something."""
    deadline = time.monotonic() + SECONDS
    while not (result := found()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
    return result


def place_at(folder: Path, url: DatabaseURL) -> Place:
    """A project of three revisions on that database."""
    tiny = with_three_revisions(folder, url.dialect)
    if url.dialect == "mysql":
        path = tiny.versions / "r3.py"
        path.write_text(path.read_text().replace('drop_index("ix_note_stars")', 'drop_index("ix_note_stars", "note")'))
    return Place(tiny, url, tiny.load(url))


def lite(folder: Path) -> Place:
    """The same on SQLite, for what does not depend on the engine."""
    return place_at(folder / "project", DatabaseURL.parse(f"sqlite:///{folder / 'x.db'}"))


@pytest.fixture
def place(tmp_path, empty_database):
    return place_at(tmp_path / "project", empty_database)


@pytest.fixture
def gated(place):
    """The same with a fourth revision that waits in the middle."""
    place.tiny.revision("r4", WAIT.format(folder=str(place.tiny.folder)), 'op.execute("DROP TABLE made_by_r4")')
    yield place
    place.open()
