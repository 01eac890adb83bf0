"""The command line: what goes to stdout, what to stderr, and the exit code."""

import json
import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from bothways import cli, errors
from bothways.connections import call
from tests import tiny

runner = CliRunner()


@pytest.fixture
def project(tmp_path, servers, monkeypatch):
    """A project on SQLite, in whose folder the commands run."""
    from bothways import scratch

    made = tiny.with_three_revisions(tmp_path)
    monkeypatch.chdir(tmp_path)
    with scratch.database(servers["sqlite"]) as url:
        made.url = url
        monkeypatch.setenv("BOTHWAYS_MAIN_URL", url.reveal())
        yield made


def run(*arguments, code=0):
    result = runner.invoke(cli.app, list(arguments))
    assert result.exit_code == code, (result.output, result.exception)
    return result


def as_json(*arguments, code=0):
    return json.loads(run(*arguments, "--output", "json", code=code).stdout)


def test_a_database_goes_up_and_down_and_status_follows(project):
    assert as_json("status", code=1)["databases"][0]["state"] == "behind"
    went = run("upgrade", "main")
    assert "base → r3, 3 revisions" in went.stdout
    assert "↑ r2  Do r2." in went.stderr
    assert "at-head" in run("status").stdout
    assert "nothing to do" in run("upgrade", "main").stdout
    assert "r3 → r1, 2 revisions" in run("downgrade", "main", "r1").stdout
    assert "r1 → base" in run("downgrade", "main", "--", "-1").stdout


def test_steps_down_are_written_as_for_alembic(project):
    run("upgrade", "main")
    assert "would go r3 → r1" in run("downgrade", "main", "-2", "--dry-run").stdout
    assert "r3 → r2" in run("downgrade", "main", "-1").stdout
    assert "No such option '--dryrun'" in run("downgrade", "main", "-1", "--dryrun", code=2).stderr
    assert "No such option '-x'" in run("downgrade", "main", "-x", code=2).stderr


def test_an_upgrade_to_a_revision_below_says_how_to_go_down(project):
    run("upgrade", "main")
    assert run("upgrade", "main", "r1").stdout == (
        "main is at r3, above r1: nothing to do; to go down: bothways downgrade main r1\n"
    )
    assert as_json("upgrade", "main", "r1", "--dry-run")["above"] == "r1"
    assert as_json("upgrade", "main", "r3")["above"] is None
    run("downgrade", "main", "r1")
    assert "hint: to go up: bothways upgrade main r3" in run("downgrade", "main", "r3", code=2).stderr


@pytest.mark.parametrize(
    "command", [("downgrade", "main", "base"), ("downgrade", "main", "-1", "--dry-run"), ("seed", "main")]
)
def test_only_an_upgrade_makes_a_file(project, monkeypatch, command):
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", f"sqlite:///{project.folder}/data/new.db")
    assert "there is no database file at" in run(*command, code=2).stderr
    assert not (project.folder / "data").exists()


def test_an_upgrade_says_which_file_it_made(project, monkeypatch):
    file = project.folder / "data" / "new.db"
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", f"sqlite:///{file}")
    assert f"main: there is no file {file} yet; correct the URL, or make it" in run("status", code=1).stdout
    assert f"main would make {file}\nmain would go" in run("upgrade", "main", "--dry-run").stdout
    assert f"main made {file}\nmain ↑ base → r3" in run("upgrade", "main").stdout
    assert "made" not in run("upgrade", "main").stdout
    assert as_json("upgrade", "main")["made"] is False


def test_a_dry_run_tells_what_a_revision_declares_as_lossy(project):
    lossy = 'lossy = {"note.body": "it is shortened"}'
    project.revision("r4", "pass", "pass", more=lossy)
    told = run("upgrade", "main", "--dry-run").stdout
    assert "r4  Do r4.\n    lost: note.body: it is shortened" in told
    run("upgrade", "main")
    assert "lost: note.body: it is shortened" in run("downgrade", "main", "base", "--dry-run").stdout
    steps = as_json("downgrade", "main", "base", "--dry-run")["steps"]
    assert [s["lossy"] for s in steps if s["lossy"]] == [{"note.body": "it is shortened"}]


def test_a_revision_that_fails_is_exit_code_4_of_what_builds_its_branch(project):
    project.revision("r4", "op.execute('nonsense')", "pass")
    for command in (["check"], ["revision", "-m", "More"], ["upgrade", "main"]):
        assert "'r4'" in run(*command, code=4).stderr


def test_a_dry_run_says_what_would_happen_and_changes_nothing(project):
    plan = as_json("upgrade", "main", "--dry-run")
    assert [s["id"] for s in plan["steps"]] == ["r1", "r2", "r3"]
    assert plan["dry_run"] is True
    assert as_json("status", code=1)["databases"][0]["current"] == []
    run("upgrade", "main")
    assert "would go r3 → base" in run("downgrade", "main", "base", "--dry-run").stdout
    assert as_json("status")["databases"][0]["current"] == ["r3"]


def test_every_json_result_names_its_schema(project):
    shown = {
        "status": as_json("status", code=1),
        "history": as_json("history"),
        "run": as_json("upgrade", "main"),
        "check": as_json("check"),
        "proof": as_json("verify", "--last"),
        "doctor": json.loads(runner.invoke(cli.app, ["doctor", "--output", "json"]).stdout),
    }
    for name, document in shown.items():
        assert document["schema"] == f"bothways/{name}/1"


def test_quiet_keeps_progress_off_stderr(project):
    assert run("--quiet", "upgrade", "main").stderr == ""


def test_history_shows_revisions_with_their_changes(project):
    text = run("history").stdout
    assert text.index("r3") < text.index("r2") < text.index("r1")
    assert "stars" in text
    found = as_json("history", "--database", "main")
    assert found["changes"] == ["stars"]
    assert [r["id"] for r in found["branches"][0]["revisions"]] == ["r1", "r2", "r3"]


def test_check_says_equal_or_names_each_difference(project):
    assert "equal" in run("check").stdout
    (project.versions / "r3.py").unlink()
    text = run("check", code=1).stdout
    assert "index note.ix_note_stars: added" in text


def test_verify_proves_every_revision(project):
    found = as_json("verify")
    assert [(p["revision"], p["verdict"]) for p in found["proofs"]] == [(r, "lossless") for r in ("r1", "r2", "r3")]
    assert [p["revision"] for p in as_json("verify", "stars")["proofs"]] == ["r2"]


BAD = {
    "forgets the index": ('op.drop_column("note", "stars")', "pass", "broken"),
    "fails on the way down": ("pass", 'op.drop_table("nothing")', "broken"),
    "fails on the way up": ('op.drop_table("nothing")', "pass", "broken"),
    "loses rows": ("pass", 'op.execute("delete from note")', "lossy"),
}


@pytest.mark.parametrize("what", BAD)
def test_verify_finds_a_downgrade_that(project, what):
    up, down, verdict = BAD[what]
    fill = "insert into note (id, body, stars) values (1, 'x', 5)"
    project.revision("r4", f'op.execute("{fill}")', 'op.execute("delete from note")')
    if "drop_column" in up:
        up = 'op.drop_index("ix_note_stars", "note")\n' + up
        down = tiny.ADD_STARS
    project.revision("r5", up, down)
    report = as_json("verify", "r5", code=1)
    assert report["proofs"][0]["verdict"] == verdict
    assert report["proofs"][0]["evidence"]
    assert verdict in run("verify", "r5", code=1).stdout


def test_verify_takes_an_honest_irreversible_revision(project):
    project.revision("r4", 'op.execute("delete from note")', "pass", more="irreversible = 'rows are gone'")
    assert as_json("verify", "--last")["proofs"][0]["verdict"] == "irreversible-declared"
    run("upgrade", "main")
    refused = run("downgrade", "main", "base", code=3)
    assert "rows are gone" in refused.stderr


def test_a_failing_revision_exits_with_4_and_shows_the_sql(project):
    project.revision("r4", 'op.drop_table("nothing")', "")
    failed = run("upgrade", "main", code=4)
    assert "r4.py:" in failed.stderr
    assert "DROP TABLE nothing" in failed.stderr
    assert "Traceback" not in failed.output
    assert as_json("upgrade", "main", code=4)["error"]["code"] == "migration-failed"


def test_a_database_without_a_url_is_checked_by_another_one_of_its_branch(project):
    ini = project.folder / "alembic.ini"
    ini.write_text(ini.read_text() + "\n[production]\nversion_locations = %(here)s/migrations/versions/sqlite\n")
    assert [c["database"] for c in as_json("check")["comparisons"]] == ["main"]
    assert [c["database"] for c in as_json("check", "-d", "production")["comparisons"]] == ["production"]


def test_a_url_that_cannot_be_read_is_no_reason_to_check_elsewhere(project, monkeypatch):
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", "nonsense")
    assert "BOTHWAYS_MAIN_URL" in run("check", code=2).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["upgrade", "mian"], "did you mean main?"),
        (["upgrade", "main", "r33"], "did you mean r3"),
        (["status", "--database", "nothing"], "known: main"),
        (["--config", "nowhere.ini", "status"], "--config"),
        (["verify", "r99"], "no revision"),
    ],
)
def test_a_wrong_name_gets_the_nearest_ones_and_exit_2(project, arguments, said):
    result = run(*arguments, code=2)
    assert said in result.stderr
    assert result.stdout == ""


def test_an_unknown_option_or_command_fails(project):
    assert "No such option" in run("status", "--jsno", code=2).output
    assert "No such command" in run("statsu", code=2).output


def test_a_trace_is_shown_only_with_debug(project, monkeypatch):
    result = runner.invoke(cli.app, ["--debug", "upgrade", "nothing"])
    assert isinstance(result.exception, errors.UnknownDatabase)
    monkeypatch.setattr("bothways.status.read_status", lambda *_: 1 / 0)
    hidden = run("status", code=2)
    assert "unexpected ZeroDivisionError: division by zero\n" in hidden.stderr
    assert "Traceback" not in hidden.output


@pytest.mark.parametrize("text", ["password = 'hunter2'", "no postgresql://me:hunter2@h/db", "IDENTIFIED BY 'hunter2'"])
def test_what_could_be_a_secret_is_left_out_of_an_unexpected_error(project, monkeypatch, text):
    def fail(*_arguments):
        raise RuntimeError(text)

    monkeypatch.setattr("bothways.status.read_status", fail)
    said = run("status", code=2).output
    assert "unexpected RuntimeError\n" in said
    assert "hunter2" not in said


def test_no_password_reaches_any_output(project, monkeypatch):
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", "postgresql://me:hunter2@127.0.0.1:1/db?sslpassword=hunter2")
    (project.folder / "alembic.ini").write_text(
        (project.folder / "alembic.ini").read_text().replace("versions/sqlite", "versions/postgresql")
    )
    for arguments in (["status"], ["doctor"], ["upgrade", "main"], ["check"], ["verify"], ["history"]):
        for more in ([], ["--output", "json"]):
            result = runner.invoke(cli.app, [*arguments, *more])
            assert "hunter2" not in result.output + str(result.exception)


def test_doctor_names_what_is_missing_and_how_to_get_it(project, tmp_path, monkeypatch):
    # What other processes of this machine leave in the folder for scratch databases is none of this test's business.
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run("upgrade", "main")
    healthy = {f["subject"]: f["level"] for f in as_json("doctor")["findings"]}
    assert (healthy["alembic.ini"], healthy["models"], healthy["database main"]) == ("ok", "ok", "ok")
    monkeypatch.setenv("BOTHWAYS_MAIN_URL", "nonsense")
    found = as_json("doctor", code=1)["findings"]
    assert any(f["subject"] == "database main" and f["level"] == "problem" and f["remedy"] for f in found)


def test_doctor_works_outside_a_project_and_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = as_json("doctor", code=1)["findings"]
    assert any(f["subject"] == "alembic.ini" and f["level"] == "problem" for f in found)


KILLED = """
import os, sqlite3, sys
from bothways import scratch
from bothways.urls import DatabaseURL
held = scratch.database(DatabaseURL.parse(sys.argv[1]))
url = held.__enter__()
sqlite3.connect(url.database).execute("create table left_behind (id)")
print(url.database, flush=True)
os._exit(9)
"""


def test_doctor_cleans_up_after_killed_processes(project, servers):
    from bothways import scratch

    command = [sys.executable, "-c", KILLED, servers["sqlite"].reveal()]
    left = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    assert left
    name = next(s.name for s in scratch.list_all(servers["sqlite"]) if s.name in left)
    assert f"dropped {name}" in runner.invoke(cli.app, ["doctor", "--clean"]).stderr
    assert name not in {s.name for s in scratch.list_all(servers["sqlite"])}


def test_the_command_itself_runs_and_says_its_version():
    ran = subprocess.run([sys.executable, "-m", "bothways", "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("bothways 0.")


def test_colour_is_for_terminals_only(project):
    assert "\x1b[" not in run("status", code=1).stdout
    environ = {**os.environ, "NO_COLOR": "1"}
    ran = subprocess.run(
        [sys.executable, "-m", "bothways", "status"], capture_output=True, text=True, env=environ, check=False
    )
    assert ran.returncode == 1
    assert "\x1b[" not in ran.stdout


def test_help_teaches_every_command():
    text = run("--help").stdout
    for command in ("status", "history", "upgrade", "downgrade", "check", "verify", "doctor", "serve"):
        assert command in text
        assert run(command, "--help").stdout.count("\n") > 5


def commands(group, path=()):
    """Every command with its words."""
    for name, command in group.commands.items():
        yield from commands(command, (*path, name)) if isinstance(command, click.Group) else [((*path, name), command)]


def test_every_command_but_serve_writes_json():
    without = [words for words, command in commands(cli.app) if "output" not in {p.name for p in command.params}]
    assert without == [("serve",)]


def test_serving_on_a_port_that_is_taken_is_told(project):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run("serve", "--port", str(port), code=2)
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert "--port" in refused.stderr


def test_the_rows_of_a_database_survive_a_round_trip_by_the_command_line(project):
    run("upgrade", "main")
    call(
        project.url,
        lambda c: (c.exec_driver_sql("insert into note values (1, 'it''s ü', null)"), c.commit()),
        purpose="write",
    )
    run("downgrade", "main", "r1")
    run("upgrade", "main")
    assert call(project.url, lambda c: c.exec_driver_sql("select * from note").all()) == [(1, "it's ü", None)]
