"""Runs on the command line: the same records that the service shows."""

import json

import pytest
from click.testing import CliRunner

from bothways.cli import app
from tests.runs.conftest import WAIT, lite


@pytest.fixture
def place(tmp_path, monkeypatch):
    place = lite(tmp_path)
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", place.url.reveal())
    return place


def bothways(place, *arguments):
    return CliRunner().invoke(app, ["-c", str(place.tiny.folder / "alembic.ini"), "run", *arguments])


def test_runs_are_listed_and_shown(place):
    assert "no runs yet" in bothways(place, "list").output
    run = place.ended(place.start())
    listed = bothways(place, "list", "-d", "main")
    assert (listed.exit_code, listed.output.split()[:3]) == (0, [run.id, "upgrade", "succeeded"])
    assert bothways(place, "list", "--state", "failed").output == bothways(place, "list", "--state", "lost").output
    shown = bothways(place, "show", run.id)
    assert "3 revisions ran; database 'main' is at r3" in shown.output
    found = json.loads(bothways(place, "show", run.id, "-o", "json").output)
    assert (found["schema"], found["report"]["schema"]) == ("bothways/run-record/1", "bothways/run/1")


def test_a_run_is_cancelled_from_the_command_line(place):
    place.tiny.revision("r4", WAIT.format(folder=str(place.tiny.folder)), "pass")
    run = place.start()
    place.waits()
    assert bothways(place, "cancel", run.id).exit_code == 0
    assert place.ended(run).state == "cancelled"
    again = bothways(place, "cancel", run.id)
    assert (again.exit_code, "has ended: cancelled" in again.output) == (2, True)


def test_who_cancels_a_run_on_the_command_line_is_in_the_audit_log(place, monkeypatch):
    monkeypatch.setenv("BOTHWAYS_SECRET", "a secret of the tests that is long enough for a key")
    place.tiny.revision("r4", WAIT.format(folder=str(place.tiny.folder)), "pass")
    run = place.start("verify", "r4")
    place.waits()
    assert bothways(place, "cancel", run.id).exit_code == 0
    place.ended(run)
    config = ["-c", str(place.tiny.folder / "alembic.ini")]
    told = json.loads(CliRunner().invoke(app, [*config, "audit", "list", "-o", "json"]).output)
    (entry,) = told["entries"]
    assert (entry["what"], entry["subject"], entry["details"]["kind"]) == ("run.cancelled", run.id, "verify")
    assert entry["who"].startswith("cli:")


def test_a_run_that_is_not_there_is_told(place):
    shown = bothways(place, "show", "main-x")
    assert (shown.exit_code, "there is no run" in shown.output) == (2, True)
