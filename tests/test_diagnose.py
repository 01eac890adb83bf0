"""A report to attach to a bug: it says what helps, and nothing that is secret."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from bothways import diagnose as module
from bothways.cli import app
from bothways.connections import call
from bothways.diagnose import diagnose, settings_of
from bothways.errors import ConfigurationError
from bothways.output import text
from bothways.runs import Outcome, Wish, records
from bothways.runs.tables import LEDGER
from bothways.seed import seed
from tests.api.conftest import migrate, project_with

CANARY = "canary-c0ffee"


@pytest.fixture
def at_head(empty_database):
    """A fresh database at head, on each engine in turn."""
    migrate(empty_database)
    return empty_database


def test_it_tells_where_databases_stand_their_rows_and_last_runs(at_head, monkeypatch):
    url = at_head
    project = project_with({url.dialect: url})
    seed(project, project.database(url.dialect), 8)

    def record(connection):
        LEDGER.ensure(connection)
        run = records.add(connection, Wish(url.dialect, "upgrade", None, CANARY), ())
        connection.commit()
        records.begin(connection, run.id, "here", "1")
        records.end(connection, run.id, "failed", Outcome("the disk is full", report={"long": CANARY}))

    call(url, record, purpose="write")
    monkeypatch.setattr(module, "_MOST_COUNTED", 4)
    report = diagnose(lambda: project)
    (facts,) = report.databases
    assert (facts.status.state, facts.tables["users"], facts.tables["order_returns"]) == ("at-head", 3, None)
    assert [run["state"] for run in facts.runs] == ["failed"]
    assert report.exit_code == 1
    shown = text.report(report) + json.dumps(report.to_dict())
    assert CANARY not in shown
    assert url.password is None or url.password not in shown
    for words in (
        "the disk is full",
        "more than 100,000",
        "is at the revision that this build expects",
        "pending: none",
    ):
        assert words in shown


@pytest.mark.parametrize("name", ["BOTHWAYS_SECRET", "BOTHWAYS_SQLITE_URL", "BOTHWAYS_NEW_THING", "BOTHWAYS_API_KEY"])
def test_a_value_that_may_be_secret_is_not_shown(monkeypatch, name):
    monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("BOTHWAYS_PIN_TOKEN", "123456")
    shown = {s.name: s.shown for s in settings_of(project_with({}))}
    assert shown[name] == f"set ({len(CANARY)} characters, not shown)"
    assert shown["BOTHWAYS_PIN_TOKEN"] == "set (6 characters, not shown)"


def test_a_value_that_is_surely_none_is_shown_with_its_place(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("BOTHWAYS_POOL_SIZE=3\nBOTHWAYS_LOG_LEVEL=debug\n")
    monkeypatch.setenv("BOTHWAYS_LOG_LEVEL", "info")
    monkeypatch.setenv("BOTHWAYS_READY", "sqlite, mysql")
    monkeypatch.setenv("BOTHWAYS_RATE_LIMIT", "600/minute")
    project = replace(project_with({}), config=tmp_path / "alembic.ini")
    found = {s.name: (s.shown, s.source) for s in settings_of(project) if "URL" not in s.name}
    assert found == {
        "BOTHWAYS_LOG_LEVEL": ("info", "environment"),
        "BOTHWAYS_POOL_SIZE": ("3", ".env"),
        "BOTHWAYS_RATE_LIMIT": ("600/minute", "environment"),
        "BOTHWAYS_READY": ("sqlite, mysql", "environment"),
    }


def test_a_project_that_cannot_be_read_is_a_check_that_fails():
    def load():
        raise ConfigurationError("there is no alembic.ini", hint="cd to the project")

    report = diagnose(load)
    assert report.databases == ()
    assert report.exit_code == 1
    assert "there is no alembic.ini" in text.report(report)


def test_of_a_database_that_cannot_be_reached_nothing_is_told_but_why(tmp_path, monkeypatch):
    (tmp_path / "no.db").write_text("This is no database." * 100)
    monkeypatch.setenv("BOTHWAYS_SQLITE_URL", f"sqlite:///{tmp_path}/no.db")
    config = str(project_with({}).config)
    shown = CliRunner().invoke(app, ["-c", config, "diagnose"]).stdout
    block = shown.partition("database sqlite\n")[2].partition("\n\n")[0]
    assert "sqlite; unreachable\n  it could not be asked: " in block
    assert "the file is not a SQLite database" in block
    assert "pending" not in block


def test_the_command_writes_text_or_json(tmp_path):
    config = str(project_with({}).config)
    environ = {"BOTHWAYS_SQLITE_URL": f"sqlite:///{tmp_path / 'nothing.db'}"}
    ran = CliRunner().invoke(app, ["-c", config, "diagnose", "-o", "json"], env=environ)
    assert ran.exit_code in {0, 1}
    assert json.loads(ran.stdout)["machine"]["bothways"]
    ran = CliRunner().invoke(app, ["-c", config, "diagnose"], env=environ)
    assert "settings" in ran.stdout
