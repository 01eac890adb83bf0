"""The engine's own tables: made once, brought up to a newer version, never seen by a snapshot."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from bothways import scratch
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.errors import UnknownDatabaseRevision
from bothways.ledger import Ledger

METADATA = sa.MetaData()
NOTES = sa.Table("bothways_notes", METADATA, sa.Column("id", sa.Integer, primary_key=True))
NEWER = sa.MetaData()
sa.Table("bothways_notes", NEWER, sa.Column("id", sa.Integer, primary_key=True))
MORE = sa.Table("bothways_more_notes", NEWER, sa.Column("id", sa.Integer, primary_key=True))
FIRST = Ledger("notes", 1, METADATA)
SECOND = Ledger("notes", 2, NEWER, changes=((CreateTable(MORE, if_not_exists=True),),))


@pytest.fixture(params=["sqlite", "postgresql", "mysql"])
def database(servers, request):
    with scratch.database(servers[request.param]) as url:
        yield url


def test_tables_are_made_when_something_is_first_written(database):
    assert not call(database, FIRST.exists)
    call(database, FIRST.ensure)
    assert call(database, FIRST.exists)
    call(database, FIRST.ensure)


def test_several_processes_may_make_them_at_once(database):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: call(database, FIRST.ensure), range(4)))
    assert call(database, FIRST.exists)


def test_an_older_version_is_brought_up_and_a_newer_one_is_refused(database):
    call(database, FIRST.ensure)
    call(database, lambda c: (c.execute(sa.insert(NOTES).values(id=7)), c.commit()))
    call(database, SECOND.ensure)
    assert call(database, SECOND.exists)
    assert call(database, lambda c: c.scalar(sa.select(NOTES.c.id))) == 7
    with pytest.raises(UnknownDatabaseRevision) as caught:
        call(database, FIRST.ensure)
    assert "newer Bothways" in caught.value.hint


def test_a_snapshot_does_not_see_them(database):
    before = call(database, take)
    call(database, FIRST.ensure)
    assert call(database, take).digest == before.digest
