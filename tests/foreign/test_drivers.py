"""Scratch connections use the driver that the project uses, because only some take several statements in one string."""

from __future__ import annotations

import pytest

from bothways.errors import DriverMissing
from bothways.urls import installed_driver

TWO = "op.execute(\"create table one (id integer primary key); comment on table one is '100 %'\")"


@pytest.mark.compat
@pytest.mark.parametrize("driver", ["psycopg2", "psycopg", "asyncpg"])
def test_a_project_is_proved_through_its_own_driver(foreign, servers, driver):
    pytest.importorskip(driver)
    template = "async" if driver == "asyncpg" else "generic"
    url = servers["postgresql"].reveal().replace("+asyncpg", f"+{driver}")
    project = foreign(template, url=url)
    project.revision("one")
    project.revision("two", "one", up=f"assert op.get_bind().dialect.driver == {driver!r}", down="pass")
    assert project.prove() == {"alembic": [("one", "lossless"), ("two", "lossless")]}


def test_a_server_named_without_a_driver_is_reached_through_the_project_s_own(foreign, servers):
    pytest.importorskip("psycopg2")
    url = servers["postgresql"].reveal()
    project = foreign(url="postgresql+psycopg2://nobody@localhost/none")
    project.revision("one")
    project.revision("two", "one", up="assert op.get_bind().dialect.driver == 'psycopg2'", down="pass")
    assert project.prove("--url", url.replace("+asyncpg", "")) == {
        "alembic": [("one", "lossless"), ("two", "lossless")]
    }
    assert project.prove("--url", url) == {"alembic": [("one", "lossless"), ("two", "broken")]}


@pytest.mark.compat
def test_an_option_of_their_url_reaches_their_driver(foreign, servers):
    pytest.importorskip("psycopg2")
    url = servers["postgresql"].reveal().replace("+asyncpg", "")
    project = foreign(url=f"{url}{'&' if '?' in url else '?'}sslmode=prefer")
    project.revision("one")
    assert project.prove() == {"alembic": [("one", "lossless")]}


@pytest.mark.compat
def test_several_statements_in_one_string_pass_where_their_driver_takes_them(foreign, servers):
    pytest.importorskip("psycopg2")
    project = foreign(url=servers["postgresql"].reveal().replace("+asyncpg", "+psycopg2"))
    project.revision("one", up=TWO, down='op.drop_table("one")')
    assert project.prove() == {"alembic": [("one", "lossless")]}


@pytest.mark.parametrize("driver", ["pymysql", "mysqldb", "mariadbconnector"])
def test_a_project_on_mysql_is_proved_through_its_own_driver(foreign, servers, driver):
    pytest.importorskip({"mysqldb": "MySQLdb", "mariadbconnector": "mariadb"}.get(driver, driver))
    project = foreign(url=servers["mysql"].with_driver(driver).reveal())
    project.revision("one")
    project.revision("two", "one", up=f"assert op.get_bind().dialect.driver == {driver!r}", down="pass")
    assert project.prove() == {"alembic": [("one", "lossless"), ("two", "lossless")]}
    assert project.prove("--engine", "mysql") == {"alembic": [("one", "lossless"), ("two", "lossless")]}


def test_a_driver_that_is_not_installed_gives_way_to_one_that_is():
    assert installed_driver("mysql", "no_such_driver") in {"mysqldb", "pymysql", "mariadbconnector"}


def test_a_dialect_without_any_driver_is_refused(monkeypatch):
    monkeypatch.setattr("bothways.urls.find_spec", lambda _name: None)
    with pytest.raises(DriverMissing, match="psycopg2, psycopg, asyncpg"):
        installed_driver("postgresql", "pg8000")
