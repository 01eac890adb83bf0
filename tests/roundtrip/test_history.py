"""Every revision of every branch, both ways, with rows in the tables: the project's own history, on real servers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from bothways import scratch
from bothways.check import check
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.history import History
from bothways.project import Database, Project
from bothways.revisions import current, downgrade, upgrade
from bothways.snapshot import Change, Snapshot, difference
from tests.conftest import ENGINES
from tests.roundtrip.rows import plant

if TYPE_CHECKING:
    from bothways.urls import DatabaseURL

ROWS = 1500
PROJECT = Project.load("alembic.ini", environ={})
HISTORIES = {b.name: History.load(b) for b in PROJECT.branches}
EVERY = [(e, r.id) for e in ENGINES for r in HISTORIES[e].revisions]


@dataclass
class Walk:
    """What was seen on the way of one branch."""

    database: Database
    not_restored: dict[str, tuple[Change, ...]]
    not_repeated: dict[str, tuple[Change, ...]]
    whole_way_back: tuple[Change, ...] = ()
    whole_way_again: tuple[Change, ...] = ()
    at_base: Snapshot | None = None
    planted: int = 0

    def snapshot(self) -> Snapshot:
        """Catalog and rows."""
        return call(self.database.require_url(), lambda c: take(c, rows=True))

    def go(self, direction: str, target: str) -> None:
        """Migrate."""
        run = upgrade if direction == "up" else downgrade
        call(self.database.require_url(), lambda c: run(c, PROJECT, self.database, target), purpose="migrate")


def count_rows(snapshot: Snapshot) -> int:
    return sum(int(f.get("count", 0)) for k, f in snapshot.objects.items() if k.startswith("rows:"))


def walk(engine: str, url: DatabaseURL) -> Walk:
    """One revision at a time from the first to the head, each up, down and up; then the whole way back and again."""
    way = Walk(replace(PROJECT.database(engine), url=url), {}, {})
    empty = way.snapshot()
    for revision in HISTORIES[engine].revisions:
        before = way.snapshot()
        way.go("up", revision.id)
        after = way.snapshot()
        way.go("down", revision.down_revision or "base")
        way.not_restored[revision.id] = difference(before, way.snapshot())
        way.go("up", revision.id)
        way.not_repeated[revision.id] = difference(after, way.snapshot())
        if revision.down_revision is None:
            call(url, lambda c: (plant(c, ROWS), c.commit()), purpose="write")
            first = way.snapshot()
            way.planted = count_rows(first)
    head = way.snapshot()
    way.go("down", HISTORIES[engine].revisions[0].id)
    way.whole_way_back = difference(first, way.snapshot())
    way.go("up", "head")
    way.whole_way_again = difference(head, way.snapshot())
    way.go("down", "base")
    way.at_base = way.snapshot()
    assert difference(empty, way.at_base) == ()
    return way


@pytest.fixture(scope="module")
def walks(servers) -> dict[str, Walk]:
    """The walks of the engines that a test of this module asked for, each made once."""

    class Walks(dict[str, Walk]):
        def __missing__(self, engine: str) -> Walk:
            with scratch.database(servers[engine]) as url:
                self[engine] = walk(engine, url)
            return self[engine]

    return Walks()


@pytest.mark.parametrize(("engine", "revision"), EVERY)
def test_the_downgrade_restores_catalog_and_rows(walks, engine, revision):
    assert [str(c) for c in walks[engine].not_restored[revision]] == []


@pytest.mark.parametrize(("engine", "revision"), EVERY)
def test_the_second_upgrade_gives_what_the_first_gave(walks, engine, revision):
    assert [str(c) for c in walks[engine].not_repeated[revision]] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_survive_the_whole_history_there_and_back(walks, engine):
    assert walks[engine].planted >= ROWS
    assert [str(c) for c in walks[engine].whole_way_back] == []
    assert [str(c) for c in walks[engine].whole_way_again] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_the_head_is_what_the_models_say(servers, engine):
    database = replace(PROJECT.database(engine), url=servers[engine])
    (comparison,) = check(PROJECT, [database]).comparisons
    assert [str(c) for c in comparison.changes] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_is_declared_irreversible(engine):
    assert [r.id for r in HISTORIES[engine].revisions if r.irreversible] == []


def test_every_change_has_a_sibling_on_each_branch_in_the_same_order():
    orders = {name: [r.change for r in h.revisions] for name, h in HISTORIES.items()}
    assert orders["postgresql"] == orders["mysql"] == orders["sqlite"]
    assert None not in orders["sqlite"]
    assert len(orders["sqlite"]) >= 13


@pytest.mark.parametrize("engine", ENGINES)
def test_the_head_is_a_revision_that_the_database_names(servers, engine):
    with scratch.database(servers[engine]) as url:
        database = replace(PROJECT.database(engine), url=url)
        call(url, lambda c: upgrade(c, PROJECT, database), purpose="migrate")
        assert call(url, lambda c: current(c, database)) == HISTORIES[engine].heads
