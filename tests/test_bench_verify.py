"""The histories of script/bench verify are what it says they are: good where they should be, bad in one place."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.verifying import projects
from bothways import cli, scratch
from bothways.history import History
from bothways.project import Project

runner = CliRunner()


@pytest.fixture
def database(servers, monkeypatch):
    """An empty SQLite database that the projects' section is about."""
    with scratch.database(servers["sqlite"]) as url:
        monkeypatch.setenv("BOTHWAYS_SQLITE_URL", url.reveal())
        yield url


@pytest.fixture
def written(tmp_path, database):
    """Write a project's revisions into a folder."""
    return lambda script: projects.write(tmp_path / "project", script)


def verify(folder, *arguments):
    """The exit code of ``bothways verify`` there, and the verdict of each revision."""
    command = ["-c", str(folder / "alembic.ini"), "verify", "-d", "sqlite", *arguments, "-o", "json"]
    done = runner.invoke(cli.app, command)
    return done.exit_code, {p["revision"]: p for p in json.loads(done.stdout)["proofs"]}


def revisions(folder):
    return [r.id for r in History.load(Project.load(folder / "alembic.ini").database("sqlite").branch).revisions]


@pytest.mark.parametrize("rows", ["0", "3"])
def test_twelve_revisions_of_the_history_restore_everything(written, rows):
    folder = written(projects.plain_history(12))
    code, proofs = verify(folder, "--rows", rows)
    assert code == 0
    assert list(proofs) == revisions(folder) == [f"r{n:04}" for n in range(1, 13)]
    assert {p["verdict"] for p in proofs.values()} == {"lossless"}
    assert any(p["rows"] for p in proofs.values()) is (rows != "0")


def test_plain_alembic_goes_up_and_down_the_same_files_and_finds_the_models(written, database):
    script = projects.growing(20, 30)
    plain = written(script) / "plain"

    def alembic(*words):
        program = Path(sys.executable).with_name("alembic")
        environ = {**os.environ, "PEER_URL": database.reveal()}
        return subprocess.run([program, *words], cwd=plain, env=environ, capture_output=True, text=True, check=False)

    for words in (("upgrade", "head"), ("check",), ("downgrade", "base"), ("upgrade", "head"), ("check",)):
        done = alembic(*words)
        assert done.returncode == 0, done.stderr
    assert projects.revision_id(len(script.steps) - 1) in alembic("current").stdout


def test_the_growing_database_is_changed_one_table_a_revision_and_declares_what_it_loses(written):
    folder = written(projects.growing(20, 30))
    code, proofs = verify(folder, "r0002:", "--rows", "2")
    assert code == 0
    assert len(proofs) == 30
    lossy = [id for id, step in zip(revisions(folder), projects.growing(20, 30).steps, strict=True) if step.lossy]
    assert [id for id, p in proofs.items() if p["verdict"] == "lossy-declared"] == lossy != []


def test_too_few_tables_are_refused_before_anything_is_written():
    with pytest.raises(ValueError, match="30 revisions need more than 19 tables"):
        projects.growing(19, 30)


def test_the_control_is_good_and_a_planted_fault_is_found_at_its_place(tmp_path, database):
    control, nothing = projects.history_with(12, [])
    assert nothing == {}
    assert len(control.steps) == 12
    assert verify(projects.write(tmp_path / "control", control))[0] == 0

    bad, places = projects.history_with(12, ["lost default"])
    code, proofs = verify(projects.write(tmp_path / "bad", bad))
    assert code == 1
    assert [id for id, p in proofs.items() if p["verdict"] == "broken"] == [places["lost default"]]


def test_since_the_commit_before_it_only_the_newest_revision_is_proved(written):
    folder = written(projects.plain_history(5))
    before = projects.commit(folder)
    code, proofs = verify(folder, "--since", before)
    assert code == 0
    assert list(proofs) == ["r0005"]
