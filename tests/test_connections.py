"""One adapter for sync and async drivers, and every failure of a server in words."""

import os
import socket
import threading
from dataclasses import replace

import pytest
from sqlalchemy.exc import ProgrammingError

from bothways.connections import call
from bothways.dialects.diagnosis import driver_missing
from bothways.errors import (
    AuthenticationFailed,
    BothwaysError,
    ConnectionLost,
    DatabaseLocked,
    DatabaseMissing,
    DriverMissing,
    InvalidURL,
    PrivilegeMissing,
    ReadOnlyDatabase,
    Unreachable,
)

SECRET = "hunter2"
DRIVERS = pytest.mark.parametrize(
    ("engine", "driver"),
    [("postgresql", "asyncpg"), ("postgresql", "psycopg2"), ("postgresql", "psycopg"), ("mysql", "pymysql")],
)


def one(connection):
    return connection.exec_driver_sql("select 1").scalar_one()


def shown(error: BothwaysError) -> str:
    return f"{error.message} {error.hint} {error.details} {error!r}"


def test_a_function_runs_on_every_engine_and_its_result_comes_back(empty_database):
    assert call(empty_database, one, purpose="write") == 1


def test_with_autocommit_each_statement_is_kept_at_once(empty_database):
    call(empty_database, lambda c: c.exec_driver_sql("create table t (i integer)"), autocommit=True, purpose="write")
    call(empty_database, lambda c: c.exec_driver_sql("insert into t values (1)"), autocommit=True, purpose="write")
    assert call(empty_database, lambda c: c.exec_driver_sql("select i from t").scalar_one()) == 1


def test_several_threads_may_call_at_once(empty_database):
    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(call(empty_database, one))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert results == [1] * 8


@DRIVERS
def test_a_wrong_password_is_told_without_showing_it(servers, engine, driver):
    with pytest.raises(AuthenticationFailed) as caught:
        call(replace(servers[engine].with_driver(driver), password=SECRET), one)
    assert SECRET not in shown(caught.value)
    assert "password" in caught.value.message


@DRIVERS
def test_a_server_that_accepts_and_never_answers_does_not_hang_us(servers, engine, driver):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = replace(servers[engine].with_driver(driver), port=silent.getsockname()[1])
        with pytest.raises((Unreachable, ConnectionLost)):
            call(url, one, timeout=1.0)


@DRIVERS
def test_a_host_that_is_not_known_is_told(servers, engine, driver):
    with pytest.raises(Unreachable):
        call(replace(servers[engine].with_driver(driver), host="no-such-host.invalid"), one)


@DRIVERS
def test_a_port_where_nothing_listens_is_told(servers, engine, driver):
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        url = replace(servers[engine].with_driver(driver), port=deaf.getsockname()[1])
        with pytest.raises(Unreachable, match=r"(?i)does not answer \(connection refused\)"):
            call(url, one)


@DRIVERS
def test_a_database_that_is_not_there_is_told(servers, engine, driver):
    with pytest.raises(DatabaseMissing, match=r"no database at .*/no_such_database"):
        call(servers[engine].with_driver(driver).with_database("no_such_database"), one)


@DRIVERS
def test_an_option_that_the_driver_does_not_know_is_told_as_the_url_s(servers, engine, driver):
    url = servers[engine].with_driver(driver)
    with pytest.raises(InvalidURL, match=f"the driver '{driver}' takes no option 'bogus'"):
        call(replace(url, query=(*url.query, ("bogus", SECRET))), one)


@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
def test_whatever_else_keeps_libpq_from_connecting_is_unreachable_with_its_words(servers, driver):
    url = servers["postgresql"].with_driver(driver)
    # The private server has no certificate; libpq gives no code for that.
    with pytest.raises(Unreachable, match=r"does not answer \(server does not support SSL, but SSL was required"):
        call(replace(url, query=(("sslmode", "require"),)), one)


@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
def test_a_mistake_in_a_statement_keeps_its_own_exception(servers, driver):
    with pytest.raises(ProgrammingError, match="syntax error"):
        call(servers["postgresql"].with_driver(driver), lambda c: c.exec_driver_sql("selec 1"))


@DRIVERS
def test_a_session_that_the_server_ends_is_a_lost_connection(servers, engine, driver):
    def suicide(connection):
        ends = {
            "postgresql": "select pg_terminate_backend(pg_backend_pid())",
            "mysql": "kill connection_id()",
        }
        connection.exec_driver_sql(ends[engine])
        connection.exec_driver_sql("select 1")

    with pytest.raises(ConnectionLost):
        call(servers[engine].with_driver(driver), suicide)


@pytest.mark.parametrize("engine", ["postgresql", "mysql"])
def test_a_missing_privilege_is_told(servers, engine):
    server = servers[engine]
    create = {
        "postgresql": ("create role bothways_small login password 'x'",),
        "mysql": ("create user bothways_small@'%' identified by 'x'", "grant usage on *.* to bothways_small@'%'"),
    }[engine]
    drop = {"postgresql": "drop role bothways_small", "mysql": "drop user bothways_small@'%'"}[engine]

    def make(connection):
        for statement in create:
            connection.exec_driver_sql(statement.replace("%", "%%") if engine == "mysql" else statement)

    call(server, make, autocommit=True)
    try:
        small = replace(server, user="bothways_small", password="x")
        forbidden = {"postgresql": "create role other", "mysql": "create database other"}[engine]
        if engine == "mysql":
            small = small.with_database("information_schema")
        with pytest.raises(PrivilegeMissing):
            call(small, lambda c: c.exec_driver_sql(forbidden), autocommit=True)
    finally:
        call(
            server, lambda c: c.exec_driver_sql(drop.replace("%", "%%") if engine == "mysql" else drop), autocommit=True
        )


def test_a_locked_table_is_told_after_a_short_wait(servers):
    server = servers["postgresql"]

    def blocked(connection):
        connection.exec_driver_sql("set lock_timeout = '100ms'")
        connection.exec_driver_sql("lock table bothways_locked")

    def hold(connection):
        connection.exec_driver_sql("create table bothways_locked (id integer)")
        connection.commit()
        connection.exec_driver_sql("lock table bothways_locked")
        holding.set()
        release.wait(20)
        connection.exec_driver_sql("drop table bothways_locked")
        connection.commit()

    holding, release = threading.Event(), threading.Event()
    holder = threading.Thread(target=call, args=(server, hold), kwargs={"purpose": "write"})
    holder.start()
    try:
        assert holding.wait(20)
        with pytest.raises(DatabaseLocked):
            call(server, blocked)
    finally:
        release.set()
        holder.join(20)


def test_a_driver_that_is_not_installed_is_named(servers):
    for driver in ("pg8000", "nonsense"):
        with pytest.raises(DriverMissing, match=driver):
            call(replace(servers["postgresql"], driver=driver), one)


def test_a_missing_driver_is_named_by_the_package_that_has_it():
    hints = {name: driver_missing(name).hint for name in ("mysqldb", "mysqlconnector", "psycopg", "asyncmy", "odd")}
    assert hints == {
        "mysqldb": "pip install mysqlclient",
        "mysqlconnector": "pip install mysql-connector-python",
        "psycopg": "pip install 'psycopg[binary]'",
        "asyncmy": "pip install asyncmy",
        "odd": "install the package of that driver, or leave the driver out of the URL",
    }


class TestSQLite:
    def url(self, servers, path):
        return servers["sqlite"].with_database(str(path))

    def test_a_reader_does_not_make_the_file(self, servers, tmp_path):
        with pytest.raises(DatabaseMissing):
            call(self.url(servers, tmp_path / "x.db"), one)
        assert list(tmp_path.iterdir()) == []

    def test_a_writer_makes_the_file_and_its_folder(self, servers, tmp_path):
        call(
            self.url(servers, tmp_path / "a" / "x.db"),
            lambda c: c.exec_driver_sql("create table t (i)"),
            purpose="write",
        )
        assert (tmp_path / "a" / "x.db").exists()

    def test_ddl_is_rolled_back_with_its_transaction(self, servers, tmp_path):
        url = self.url(servers, tmp_path / "x.db")

        def half(connection):
            connection.exec_driver_sql("create table t (i)")
            connection.rollback()

        call(url, half, purpose="migrate")
        assert call(url, lambda c: c.exec_driver_sql("select count(*) from sqlite_master").scalar_one()) == 0

    def test_a_file_that_is_no_database_is_told(self, servers, tmp_path):
        (tmp_path / "x.db").write_text("This is no database." * 100)
        with pytest.raises(Unreachable, match="not a SQLite database") as caught:
            call(self.url(servers, tmp_path / "x.db"), lambda c: c.exec_driver_sql("select * from sqlite_master"))
        assert caught.value.hint == "name another file in the URL; an upgrade makes it where there is none"

    @pytest.mark.parametrize("purpose", ["read", "write", "migrate"])
    def test_a_folder_in_place_of_the_file_is_told(self, servers, tmp_path, purpose):
        with pytest.raises(Unreachable, match="is a folder, not the file of a database") as caught:
            call(self.url(servers, tmp_path), one, purpose=purpose)
        assert caught.value.hint == f"name a file in it, for example sqlite:///{tmp_path}/app.db"

    def test_a_file_that_may_not_be_written_is_told(self, servers, tmp_path):
        url = self.url(servers, tmp_path / "x.db")
        call(url, lambda c: (c.exec_driver_sql("create table t (i)"), c.commit()), purpose="write")

        def write_read_only(connection):
            connection.exec_driver_sql("pragma query_only = on")
            connection.exec_driver_sql("insert into t values (1)")

        with pytest.raises(ReadOnlyDatabase):
            call(url, write_read_only, purpose="write")

    def test_a_second_writer_waits_and_is_then_told(self, servers, tmp_path):
        url = self.url(servers, tmp_path / "x.db")

        def nested(connection):
            connection.exec_driver_sql("create table t (i)")
            call(url, lambda c: c.exec_driver_sql("create table u (i)"), purpose="write", timeout=0.1)

        with pytest.raises(DatabaseLocked):
            call(url, nested, purpose="migrate")

    def test_an_unreadable_folder_is_told(self, servers, tmp_path):
        if os.geteuid() == 0:
            with pytest.raises(Unreachable):
                call(self.url(servers, "/proc/1/x/y.db"), one, purpose="write")
            return
        (tmp_path / "closed").mkdir(mode=0o000)
        with pytest.raises(ReadOnlyDatabase):
            call(self.url(servers, tmp_path / "closed" / "x" / "y.db"), one, purpose="write")
