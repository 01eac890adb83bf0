"""Databases that are files: missing, replaced, locked and vanished."""

import asyncio
import sqlite3
import threading

import pytest
import sqlalchemy as sa

from bothways.crud.pools import Pool
from bothways.dialects.performing import BEGIN, Ask
from bothways.dialects.sessions import Limits
from bothways.errors import DatabaseLocked, Unreachable
from tests.api.conftest import SHAPES, migrate, project_with, serving
from tests.api.rows import Rows
from tests.api.test_outages import QUICK, unavailable
from tests.runs.conftest import until


def test_a_file_that_is_not_there_is_not_made_and_is_found_when_it_comes(tmp_path, servers):
    url = servers["sqlite"].with_database(str(tmp_path / "late.db"))
    with serving({"sqlite": url}, **QUICK) as client:
        unavailable(client.get("/api/v1/sqlite/products"), url)
        assert not (tmp_path / "late.db").exists()
        migrate(url)
        # In the middle of its migrations it was seen to be behind, perhaps.
        until(lambda: client.get("/api/v1/sqlite/products").status_code == 200)


def test_a_file_that_is_replaced_is_read_anew(tmp_path, servers):
    old, new = (servers["sqlite"].with_database(str(tmp_path / name)) for name in ("old.db", "new.db"))
    for url in (old, new):
        migrate(url)
    with serving({"sqlite": old}, **QUICK) as client:
        Rows(client, "sqlite", SHAPES, old).create("roles")
        assert len(client.get("/api/v1/sqlite/roles").json()["items"]) == 1
        for ending in ("-wal", "-shm"):
            (tmp_path / f"old.db{ending}").unlink(missing_ok=True)
        (tmp_path / "new.db").replace(tmp_path / "old.db")
        assert client.get("/api/v1/sqlite/roles").json()["items"] == []


def test_a_file_that_another_process_locks_gives_503_and_reads_go_on(tmp_path, servers):
    url = servers["sqlite"].with_database(str(tmp_path / "locked.db"))
    migrate(url)
    with serving({"sqlite": url}, **QUICK) as client:
        rows = Rows(client, "sqlite", SHAPES, url)
        made = rows.create("roles")
        other = sqlite3.connect(url.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        unavailable(client.post(rows.path("roles"), json={"name": "waits"}), url, "locked")
        assert client.get(rows.path("roles", made["id"])).json() == made
        other.execute("ROLLBACK")
        other.close()
        assert client.post(rows.path("roles"), json={"name": "waits"}).status_code == 201


def test_a_file_that_vanishes_gives_503(tmp_path, servers):
    url = servers["sqlite"].with_database(str(tmp_path / "gone.db"))
    migrate(url)
    with serving({"sqlite": url}, **QUICK) as client:
        assert client.get("/api/v1/sqlite/roles").status_code == 200
        for file in tmp_path.iterdir():
            file.unlink()
        unavailable(client.get("/api/v1/sqlite/roles"), url)


def test_a_pool_that_is_used_by_others_too_gives_503_in_time(servers, tmp_path):
    url = servers["sqlite"].with_database(str(tmp_path / "busy.db"))
    migrate(url)

    async def run():
        pool = Pool.open(project_with({"sqlite": url}).database("sqlite"), Limits(size=1, overflow=0, wait=0.2))
        # A connection that leaked: the gate lets a request in, and the pool has nothing for it.
        with pool._engine.connect(), pytest.raises(Unreachable, match="has no free connection"):
            await pool.run(lambda c: c.exec_driver_sql("select 1"))
        await pool.close()

    asyncio.run(run())


def test_who_waits_too_long_to_write_a_file_is_told(servers, tmp_path):
    url = servers["sqlite"].with_database(str(tmp_path / "written.db"))
    migrate(url)
    writing = threading.Event()

    def held(_features):
        yield BEGIN
        assert writing.wait(30)

    def one(_features):
        return (yield Ask(sa.text("select 1"))).rows

    async def run():
        pool = Pool.open(project_with({"sqlite": url}).database("sqlite"), Limits(wait=0.2))
        first = asyncio.create_task(pool.perform(held))
        await asyncio.sleep(0)
        with pytest.raises(DatabaseLocked, match="is written to by too many at once"):
            await pool.perform(one)
        assert await pool.perform(one, repeatable=True) == [(1,)]  # who only reads does not wait
        writing.set()
        await first
        assert await pool.perform(one) == [(1,)]
        await pool.close()

    asyncio.run(run())
