"""A database that lacks revisions: tables whose shape they change wait, the others are served."""

import json
import time

import pytest

from bothways import scratch
from tests import tiny
from tests.api.conftest import migrate, serving
from tests.runs.conftest import until


@pytest.fixture
def behind(database_at_head):
    """A database without its last revision, which adds a column to roles."""
    from bothways import apply
    from tests.api.conftest import project_with

    project = project_with({database_at_head.dialect: database_at_head})
    apply.downgrade(project, project.database(database_at_head.dialect), "-1")
    return database_at_head


def test_a_table_that_a_pending_revision_changes_waits_and_the_others_are_served(behind):
    name = behind.dialect
    with serving({name: behind}, look_every=0.1) as client:
        answer = until(
            lambda: (a := client.get(f"/api/v1/{name}/roles")).status_code == 503 and "pending" in a.json() and a
        )
        problem = answer.json()
        assert (problem["code"], problem["table"], problem["database"]) == ("database-behind", "roles", name)
        assert problem["pending"] == client.get(f"/api/v1/databases/{name}/status").json()["pending"]
        assert answer.headers["retry-after"]
        assert client.post(f"/api/v1/{name}/roles", json={}).status_code == 503
        assert client.get(f"/api/v1/{name}/products").status_code == 200
        migrate(behind)
        until(lambda: client.get(f"/api/v1/{name}/roles").status_code == 200)


def warnings(capsys):
    """The warnings of the log until now."""
    lines = (json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{"))
    return [line for line in lines if line["level"] == "warning"]


def test_a_database_that_is_behind_when_the_service_starts_is_one_warning_in_its_log(behind, capsys):
    name = behind.dialect
    with serving({name: behind}, look_every=0.1) as client:
        (line,) = until(lambda: warnings(capsys))
        pending = client.get(f"/api/v1/databases/{name}/status").json()["pending"]
        assert (line["database"], line["state"], line["pending"]) == (name, "behind", pending)
        assert line["hint"] == f"bothways upgrade {name}"
        time.sleep(0.5)
        assert warnings(capsys) == []
    migrate(behind)
    with serving({name: behind}, look_every=0.1):
        time.sleep(0.5)
        assert warnings(capsys) == []


def test_two_heads_are_named_with_the_remedy_in_the_status_and_in_the_log(tmp_path, servers, capsys):
    made = tiny.with_three_revisions(tmp_path)
    made.revision("r4", "pass", "pass", parent="r2")
    with (
        scratch.database(servers["sqlite"]) as url,
        serving({}, project=made.load(url), look_every=0.1) as client,
    ):
        status = client.get("/api/v1/databases/main/status").json()
        assert status["state"] == "invalid"
        assert status["message"] == "branch 'sqlite' has 2 heads: r3, r4"
        assert status["hint"].startswith("join them: alembic -n main merge")
        (line,) = until(lambda: warnings(capsys))
        assert (line["reason"], line["hint"]) == (status["message"], status["hint"])
        assert str(tmp_path) not in json.dumps([line, status])


def test_a_revision_that_is_written_while_the_service_runs_is_for_a_later_build(behind, monkeypatch):
    """Without its last revision, this build needs nothing more than what the database has."""
    from bothways.history import History

    whole, name = History.load, behind.dialect

    def without_the_last(branch):
        found = whole(branch)
        return History(found.branch, found.revisions[:-1])

    monkeypatch.setattr(History, "load", without_the_last)
    with serving({name: behind}, look_every=0.1) as client:
        monkeypatch.setattr(History, "load", whole)
        until(lambda: client.get(f"/api/v1/databases/{name}/status").json()["state"] == "behind")
        for _ in range(10):
            time.sleep(0.1)
            # Its models are newer than its revisions here, so the row itself may be refused; but it waits for nothing.
            assert "pending" not in client.get(f"/api/v1/{name}/roles").json()
        assert client.get("/health/ready").status_code == 200


def test_a_database_that_is_ahead_of_this_build_is_served(database_at_head):
    from bothways.connections import call

    def stamp(connection):
        connection.exec_driver_sql("update alembic_version set version_num = 'from_the_future'")
        connection.commit()

    call(database_at_head, stamp, purpose="write")
    name = database_at_head.dialect
    with serving({name: database_at_head}, look_every=0.1) as client:
        assert client.get(f"/api/v1/databases/{name}/status").json()["state"] == "unknown-revision"
        assert client.get(f"/api/v1/{name}/roles").status_code == 200
