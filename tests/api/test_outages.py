"""A database that is down, slow, restarted, locked or refuses: 503 without a word about it, and recovery by itself."""

import asyncio
import json
import socket
import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bothways.connections import call
from bothways.crud.pools import Pool, Pools
from bothways.dialects import dialect_for
from bothways.dialects.sessions import Limits, engine_arguments
from bothways.errors import DriverMissing, Unreachable
from bothways.urls import DatabaseURL
from tests.api.conftest import SHAPES, migrate, project_with, serving
from tests.api.proxy import Proxy
from tests.api.rows import Rows

QUICK = {"connect_timeout": 1.0, "statement_timeout": 1.0, "pool_wait": 1.0, "lock_timeout": 1.0, "log_format": "json"}
PATIENT = {"log_format": "json"}
"""For a server that refuses at once, and then has to answer however busy the machine is."""


def is_server(url):
    return not dialect_for(url.dialect).capabilities.file_based


@pytest.fixture
def behind_a_proxy(database_at_head):
    """A database behind a proxy: the URL through it, and the proxy. A database that is a file has no network."""
    if not is_server(database_at_head):
        pytest.fail("ask for engine_name and choose servers")
    proxy = Proxy(database_at_head.host, database_at_head.port)
    yield replace(database_at_head, host="127.0.0.1", port=proxy.port), proxy
    proxy.stop()


servers_only = pytest.mark.parametrize("engine_name", ["postgresql", "mysql"], indirect=True, scope="session")


def unavailable(answer, url, code=None):
    """The answer is a 503 with Retry-After that says nothing about the server."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["retry-after"].isdigit()
    assert answer.json()["database"] == url.dialect
    assert code is None or answer.json()["code"] == code
    assert_silent(answer.text, url)


def assert_silent(text, url):
    hidden = [url.password, "Traceback", "sqlalchemy.exc.DBAPIError:", "SELECT", "INSERT"]
    if is_server(url):
        hidden.append(str(url.port))
    assert not [word for word in hidden if word and word in text]


@servers_only
def test_a_server_that_stops_gives_503_and_is_used_again_when_it_is_back(behind_a_proxy):
    url, proxy = behind_a_proxy
    with serving({url.dialect: url}, **PATIENT) as client:
        rows = Rows(client, url.dialect, SHAPES, url)
        made = rows.create("products")
        proxy.stop()
        for _ in range(3):
            unavailable(client.get(rows.path("products", made["id"])), url)
            unavailable(client.post(rows.path("roles"), json={"name": "x"}), url)
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").status_code == 503
        proxy.start()
        assert client.get(rows.path("products", made["id"])).json() == made
        assert rows.create("products")["status"]


@servers_only
def test_a_read_survives_a_restart_of_the_server_without_an_error(behind_a_proxy):
    url, proxy = behind_a_proxy
    with serving({url.dialect: url}, **PATIENT, pool_ping_after=0.0) as client:
        rows = Rows(client, url.dialect, SHAPES, url)
        made = rows.create("products")
        for _ in range(3):
            proxy.stop()
            proxy.start()
            assert client.get(rows.path("products", made["id"])).json() == made
            answer = client.patch(rows.path("products", made["id"]), json={"name": made["name"]})
            assert answer.status_code == 200, answer.text
            made = answer.json()


@servers_only
def test_a_read_is_tried_again_when_its_connection_turns_out_to_be_dead(behind_a_proxy):
    url, proxy = behind_a_proxy
    with serving({url.dialect: url}, **PATIENT, pool_pre_ping=False) as client:
        rows = Rows(client, url.dialect, SHAPES, url)
        made = rows.create("products")
        proxy.stop()
        proxy.start()
        assert client.get(rows.path("products", made["id"])).json() == made


@servers_only
def test_a_server_that_hangs_gives_503_while_it_hangs(behind_a_proxy):
    url, proxy = behind_a_proxy
    with serving({url.dialect: url}, **QUICK) as client:
        rows = Rows(client, url.dialect, SHAPES, url)
        made = rows.create("products")
        proxy.freeze()
        unavailable(client.get(rows.path("products", made["id"])), url)
        proxy.thaw()
        assert client.get(rows.path("products", made["id"])).json() == made


@servers_only
def test_a_port_that_never_answers_gives_503_without_an_answer(database_at_head):
    with socket.create_server(("127.0.0.1", 0), backlog=1) as silent:
        url = replace(database_at_head, host="127.0.0.1", port=silent.getsockname()[1])
        with serving({url.dialect: url}, **QUICK) as client:
            unavailable(client.get(f"/api/v1/{url.dialect}/products"), url)


@servers_only
def test_a_wrong_password_is_in_no_answer_and_in_no_log(database_at_head, capsys):
    url = replace(database_at_head, password="canary-password-7c1", user="canary-user-7c1")
    with serving({url.dialect: url}, **QUICK) as client:
        for path in ("products", "products?sku=a", f"products/{'0' * 32}"):
            unavailable(client.get(f"/api/v1/{url.dialect}/{path}"), url, "authentication-failed")
        for path in ("/health/ready", f"/api/v1/databases/{url.dialect}/status"):
            answer = client.get(path)
            assert "canary" not in answer.text
            assert_silent(answer.text, url)
    printed = capsys.readouterr()
    assert "canary-password" not in printed.out + printed.err
    assert "authentication-failed" in printed.err


@servers_only
def test_a_database_that_does_not_exist_gives_503(database_at_head):
    url = database_at_head.with_database("bothways_nowhere")
    with serving({url.dialect: url}, **QUICK) as client:
        unavailable(client.get(f"/api/v1/{url.dialect}/products"), url, "database-missing")


def test_a_table_that_is_not_there_yet_gives_503_with_the_command_and_then_is(empty_database):
    url = empty_database
    if not is_server(url):
        Path(url.database).parent.mkdir(exist_ok=True)
        sqlite3.connect(url.database).close()
    with serving({url.dialect: url}, **QUICK) as client:
        answer = client.get(f"/api/v1/{url.dialect}/products")
        unavailable(answer, url, "database-behind")
        assert answer.json()["hint"] == f"bring it to the head revision: bothways upgrade {url.dialect}"
        migrate(url)
        for _ in range(100):  # what is known of a database is a moment old
            answer = client.get(f"/api/v1/{url.dialect}/products")
            if answer.status_code == 200:
                break
            time.sleep(0.05)
        assert answer.json() == {"items": [], "next": None, "previous": None}


@servers_only
def test_a_row_that_another_session_locks_gives_503_in_time(database_at_head):
    url = database_at_head
    locked, done = threading.Event(), threading.Event()

    def hold(connection):
        connection.exec_driver_sql("update roles set description = 'held'")
        locked.set()
        done.wait(20)
        connection.rollback()

    with serving({url.dialect: url}, **QUICK) as client:
        rows = Rows(client, url.dialect, SHAPES, url)
        made = rows.create("roles")
        holder = threading.Thread(target=call, args=(url, hold))
        holder.start()
        try:
            assert locked.wait(10)
            unavailable(client.patch(rows.path("roles", made["id"]), json={"description": "x"}), url)
        finally:
            done.set()
            holder.join()
        answer = client.patch(rows.path("roles", made["id"]), json={"description": "x"})
        assert answer.json()["description"] == "x"


@servers_only
def test_a_migration_under_way_does_not_break_prepared_statements(database_at_head):
    url = database_at_head
    with serving({url.dialect: url}, **QUICK) as client:
        rows = Rows(client, url.dialect, SHAPES, url)
        made = rows.create("roles")
        path = rows.path("roles", made["id"])
        for change in (
            "alter table roles add column extra integer",
            "alter table roles drop column extra",
            *_widen(url.dialect),
        ):
            assert client.get(path).status_code == 200
            call(url, lambda c, sql=change: c.exec_driver_sql(sql), autocommit=True)
            assert client.get(path).json() == made
            assert client.patch(path, json={"name": made["name"]}).status_code == 200
            made = client.get(path).json()


def _widen(dialect):
    if dialect == "postgresql":
        return ("alter table roles alter column name type varchar(60)",)
    return ("alter table roles modify name varchar(60) not null",)


def test_more_requests_than_connections_wait_for_their_turn(database_at_head):
    url = database_at_head
    with serving({url.dialect: url}, **QUICK | {"pool_wait": 10.0}, pool_size=1, pool_overflow=0) as client:
        rows = Rows(client, url.dialect, SHAPES, url)
        made = rows.create("roles")
        answers = []
        threads = [
            threading.Thread(target=lambda: answers.append(client.get(rows.path("roles", made["id"]))))
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [answer.json() for answer in answers] == [made] * 20


@servers_only
def test_a_request_that_waits_too_long_for_a_connection_gets_503(behind_a_proxy):
    url, proxy = behind_a_proxy
    settings = QUICK | {"pool_wait": 0.2, "statement_timeout": 3.0}
    with serving({url.dialect: url}, **settings, pool_size=1, pool_overflow=0) as client:
        rows = Rows(client, url.dialect, SHAPES, url)
        path = rows.path("roles", rows.create("roles")["id"])
        proxy.freeze()
        first = threading.Thread(target=client.get, args=(path,))
        first.start()
        time.sleep(0.2)
        unavailable(client.get(path), url, "unreachable")
        proxy.thaw()
        first.join()
        assert client.get(path).status_code == 200


@servers_only
def test_logs_of_a_lost_server_say_where_it_was_and_no_value(behind_a_proxy, capsys):
    url, proxy = behind_a_proxy
    with serving({url.dialect: url}, **QUICK) as client:
        proxy.stop()
        unavailable(client.post(f"/api/v1/{url.dialect}/roles", json={"name": "canary-value"}), url)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert any(line["level"] == "warning" and str(url.port) in line["event"] for line in lines)
    assert "canary-value" not in str(lines)


def test_a_statement_that_takes_too_long_is_ended(database_at_head):
    url = database_at_head
    slow = {
        "postgresql": "select pg_sleep(30)",
        # MySQL ends a SLEEP early without an error, but no query that works.
        "mysql": "with recursive n(i) as (select 1 union all select i + 1 from n where i < 900) "
        "select count(*) from n a, n b, n c, n d",
        "sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n",
    }

    async def run():
        async with Pools([project_with({url.dialect: url}).database(url.dialect)], Limits(statement=1.0)) as pools:
            pool = pools[url.dialect]
            with pytest.raises(Unreachable, match="took too long"):
                await pool.run(lambda c: c.exec_driver_sql(slow[url.dialect]).all())
            assert await pool.run(lambda c: c.exec_driver_sql("select 1").scalar()) == 1

    asyncio.run(run())


def test_a_driver_that_is_not_installed_is_named(servers):
    project = project_with({"sqlite": replace(servers["sqlite"], driver="nosuch")})
    with pytest.raises(DriverMissing, match="the driver 'nosuch' is not installed") as caught:
        Pool.open(project.database("sqlite"), Limits())
    assert caught.value.hint == "install the package of that driver, or leave the driver out of the URL"


def test_sessions_of_a_synchronous_driver_of_postgresql_have_the_same_limits():
    url = DatabaseURL.parse("postgresql+psycopg://u:p@h/d")
    options = engine_arguments(url, Limits(statement=2.0, lock=1.0))["connect_args"]["options"]
    assert "-c statement_timeout=2000" in options
    assert "-c lock_timeout=1000" in options
    assert "TimeZone=UTC" in options
