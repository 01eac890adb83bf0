"""Scratch databases: made, named, listed, removed; also those of killed processes."""

import os
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest

from bothways import scratch
from bothways.connections import call
from bothways.errors import PrivilegeMissing, Unreachable


@pytest.fixture
def server(engine_name, servers):
    return servers[engine_name]


def names(server):
    return {s.name for s in scratch.list_all(server)}


def test_a_scratch_database_is_empty_listed_and_gone_afterwards(server):
    with scratch.database(server) as url:
        call(url, lambda c: c.exec_driver_sql("create table t (id integer)"), purpose="write")
        mine = [s for s in scratch.list_all(server) if s.name in url.database]
        assert [(s.pid, s.here, s.orphan) for s in mine] == [(os.getpid(), True, False)]
    assert mine[0].name not in names(server)


def test_it_is_removed_when_the_work_in_it_fails(server):
    with pytest.raises(ZeroDivisionError), scratch.database(server) as url:
        call(url, lambda c: 1 / 0)
    assert not [n for n in names(server) if n in url.database]


def test_what_a_killed_process_left_is_seen_as_an_orphan_and_removed(server, monkeypatch):
    # Other tests beside this one make scratch databases too, and would remove an orphan of their own machine.
    machine = "0badcafe"
    monkeypatch.setattr(scratch, "_host", lambda: machine)
    code = f"""
        import os, signal
        from bothways import scratch
        scratch._host = lambda: {machine!r}
        from bothways.urls import DatabaseURL
        with scratch.database(DatabaseURL.parse({server.reveal()!r})) as url:
            print(url.database, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stderr
    left = [s for s in scratch.list_all(server) if s.name in killed.stdout]
    assert [s.orphan for s in left] == [True]
    assert left[0].name in scratch.remove_orphans(server)
    assert left[0].name not in names(server)


def test_the_next_scratch_database_removes_orphans_on_its_way(server):
    kept = None
    with scratch.database(server, keep=True) as url:
        kept = next(n for n in names(server) if n in url.database)
    assert kept in names(server)
    scratch.drop(server, kept)
    assert kept not in names(server)


def test_only_scratch_databases_can_be_dropped(server):
    for name in ("postgres", "production", "bothways_scratch_", "bothways_scratch_1_2_x; drop"):
        with pytest.raises(ValueError, match="not the name of a scratch database"):
            scratch.drop(server, name)


def test_a_role_without_the_privilege_is_told_what_to_do(servers):
    server = servers["postgresql"]

    def make(connection):
        connection.exec_driver_sql("drop role if exists bothways_poor")
        connection.exec_driver_sql("create role bothways_poor login password 'bothways_poor'")

    call(server, make, autocommit=True)
    try:
        poor = replace(server, user="bothways_poor", password="bothways_poor")
        with pytest.raises(PrivilegeMissing) as caught, scratch.database(poor):
            pass
        assert "BOTHWAYS_SCRATCH_POSTGRESQL_URL" in caught.value.hint
    finally:
        call(server, lambda c: c.exec_driver_sql("drop role bothways_poor"), autocommit=True)


def test_a_server_that_is_down_is_told_once(servers):
    server = replace(servers["postgresql"], port=1)
    with pytest.raises(Unreachable, match="refused"), scratch.database(server):
        pass
