"""Health and status: ready only at the revision that this build expects, and which way it is off."""

import re
import time

import pytest

from bothways import revisions, scratch
from bothways.connections import call
from bothways.urls import DatabaseURL
from tests.accounts.conftest import SETTINGS
from tests.api.conftest import migrate, project_with, serving


@pytest.fixture
def at(database_at_head):
    """Brings the database to a state and serves it."""
    url = database_at_head
    project = project_with({url.dialect: url})

    def stamp(version):
        def write(connection):
            connection.exec_driver_sql(f"update alembic_version set version_num = '{version}'")
            connection.commit()

        call(url, write, purpose="write")

    def down():
        database = project.database(url.dialect)
        call(url, lambda c: revisions.downgrade(c, project, database, "-1"), purpose="migrate")

    return url, stamp, down


def look(url, **settings):
    """The answers of readiness and of the status of the database."""
    with serving({url.dialect: url}, **settings) as client:
        return client.get("/health/ready"), client.get(f"/api/v1/databases/{url.dialect}/status")


def test_a_database_at_head_is_ready(at):
    ready, status = look(at[0])
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert (status.status_code, status.json()["state"], status.json()["pending"]) == (200, "at-head", [])
    assert ready.json()["databases"] == [{"name": at[0].dialect, "state": "at-head"}]
    assert status.json()["current"] == [status.json()["head"]]


def test_a_database_that_is_behind_is_not_ready_and_what_it_lacks_is_named(at):
    url, _, down = at
    down()
    ready, status = look(url)
    assert (ready.status_code, ready.json()["code"]) == (503, "not-ready")
    assert ready.headers["content-type"] == "application/problem+json"
    assert ready.json()["detail"] == f"{url.dialect} is behind this build"
    assert ready.json()["databases"] == [{"name": url.dialect, "state": "behind"}]
    assert status.json()["pending"] == [status.json()["head"]]
    assert status.json()["hint"] == f"bothways upgrade {url.dialect}"


def test_readiness_tells_nobody_a_version_or_a_revision(at):
    url, stamp, down = at
    down()
    for before in (down, lambda: stamp("from_the_future"), lambda: None):
        before()
        with serving({url.dialect: url}, **SETTINGS) as client:
            answer = client.get("/health/ready")
            refused = client.get(f"/api/v1/databases/{url.dialect}/status")
        assert (answer.status_code, refused.status_code) == (503, 401)
        assert [set(told) for told in answer.json()["databases"]] == [{"name", "state"}]
        assert not re.search(r"(pg|my|lite)_\d|from_the_future|\d+\.\d+|bothways upgrade", answer.text)


def test_readiness_does_not_tell_why_a_database_cannot_be_looked_at():
    ready, status = look(DatabaseURL.parse("postgresql://nobody@127.0.0.1:9/none"))
    assert status.json()["message"] == "does not answer"
    assert ready.json()["detail"] == "postgresql cannot be looked at"
    assert ready.json()["databases"] == [{"name": "postgresql", "state": "unreachable"}]


def test_a_database_that_becomes_ready_is_noticed(at):
    url, _, down = at
    down()
    with serving({url.dialect: url}) as client:
        assert client.get("/health/ready").status_code == 503
        migrate(url)
        time.sleep(1.1)  # many probes within a second are one look
        assert client.get("/health/ready").status_code == 200


def test_a_database_of_a_later_build_is_ready_where_it_has_what_this_one_needs(at):
    url, stamp, _ = at
    stamp("from_the_future")
    ready, status = look(url)
    assert (ready.status_code, status.json()["state"]) == (200, "unknown-revision")
    assert status.json()["current"] == ["from_the_future"]


def test_a_database_of_a_later_build_that_lacks_a_column_of_this_one_is_not_ready(at):
    url, stamp, down = at
    down()
    stamp("from_the_future")
    ready, _ = look(url)
    assert ready.status_code == 503
    assert "does not know" in ready.json()["detail"]


def test_an_empty_database_lacks_every_revision(empty_database):
    ready, status = look(empty_database)
    assert (ready.status_code, status.json()["state"]) == (503, "behind")
    assert len(status.json()["pending"]) >= 12


def test_readiness_may_depend_on_some_databases_only(at):
    url, stamp, _ = at
    stamp("from_the_future")
    ready, _ = look(url, ready=("sqlite" if url.dialect != "sqlite" else "mysql",))
    assert (ready.status_code, ready.json()["databases"][0]["state"]) == (503, "unconfigured")


def test_a_service_without_databases_lives_and_is_not_ready():
    with serving({}) as client:
        assert client.get("/health/live").json() == {"status": "live"}
        assert client.get("/health/ready").json()["detail"] == "no database is served"
        assert [d["served"] for d in client.get("/api/v1/databases").json()["databases"]] == [False] * 3
        assert client.get("/api/v1/sqlite/products").json()["code"] == "database-not-configured"


def test_all_databases_are_listed_with_what_they_are_and_no_address(client, migrated):
    listed = client.get("/api/v1/databases").json()["databases"]
    assert {d["name"]: d["dialect"] for d in listed} == {n: n for n in ("sqlite", "postgresql", "mysql")}
    assert {d["name"] for d in listed if d["served"]} == set(migrated)
    for name in migrated:
        status = client.get(f"/api/v1/databases/{name}/status")
        assert status.json()["state"] == "at-head"
        assert migrated[name].address not in status.text


def test_the_status_of_an_unknown_database_names_the_nearest(client):
    answer = client.get("/api/v1/databases/postgres/status")
    assert (answer.status_code, answer.json()["hint"]) == (404, "did you mean postgresql?")


def test_a_probe_does_not_wait_for_a_table_that_is_locked(servers):
    """On PostgreSQL, where a reader of no rows waits too."""

    def probed(connection):
        connection.exec_driver_sql("update alembic_version set version_num = 'from_the_future'")
        connection.commit()
        connection.exec_driver_sql("lock table products in access exclusive mode")
        with serving({"postgresql": url}, lock_timeout=0.3) as client:
            refused = client.get("/health/ready").status_code
            connection.rollback()
            return refused, client.get("/health/ready").status_code

    with scratch.database(servers["postgresql"]) as url:
        migrate(url)
        assert call(url, probed, purpose="write") == (503, 200)
