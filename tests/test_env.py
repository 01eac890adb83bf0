"""Plain Alembic works on a project of ours: every command, by its own command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tiny


@pytest.fixture
def project(tmp_path, engine_name, empty_database):
    made = tiny.with_three_revisions(tmp_path, engine_name)
    made.url = empty_database
    return made


def alembic(project, *arguments, url=True, section="main"):
    environ = {**os.environ, "PYTHONWARNINGS": "error"}
    environ.pop("BOTHWAYS_MAIN_URL", None)
    if url:
        environ["BOTHWAYS_MAIN_URL"] = project.url.reveal()
    program = Path(sys.executable).with_name("alembic")
    options = ["-n", section] if section else []
    return subprocess.run(
        [program, *options, *arguments], cwd=project.folder, env=environ, capture_output=True, text=True, check=False
    )


def test_upgrade_check_current_history_and_downgrade(project):
    upgraded = alembic(project, "upgrade", "head")
    assert upgraded.returncode == 0, upgraded.stderr
    assert "No new upgrade operations detected" in alembic(project, "check").stdout
    assert "r3 (head)" in alembic(project, "current", "--check-heads").stdout
    assert alembic(project, "history").stdout.count("->") == 3
    assert alembic(project, "downgrade", "base").returncode == 0
    assert alembic(project, "current", "--check-heads").returncode != 0


def test_a_difference_is_found_by_alembics_check(project):
    alembic(project, "upgrade", "r2")
    (project.versions / "r3.py").unlink()
    assert "ix_note_stars" in alembic(project, "check").stdout + alembic(project, "check").stderr


def test_side_tables_of_ours_are_not_proposed_for_dropping(project):
    from bothways.connections import call

    alembic(project, "upgrade", "head")
    call(
        project.url,
        lambda c: (c.exec_driver_sql("create table bothways_kept_x (id integer)"), c.commit()),
        purpose="write",
    )
    assert alembic(project, "check").returncode == 0


def test_without_a_section_it_refuses_and_names_the_databases(project):
    refused = alembic(project, "upgrade", "head", section=None)
    assert refused.returncode != 0
    assert "alembic -n main" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_a_url_it_names_the_variable(project):
    refused = alembic(project, "upgrade", "head", url=False)
    assert refused.returncode != 0
    assert "BOTHWAYS_MAIN_URL" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr


def test_offline_sql_needs_no_database(project):
    written = alembic(project, "upgrade", "head", "--sql", url=False)
    assert written.returncode == 0, written.stderr
    assert "CREATE TABLE note" in written.stdout


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_script_for_sqlite_looks_at_foreign_keys_before_each_commit_and_not_meanwhile(project):
    written = alembic(project, "upgrade", "head", "--sql", url=False).stdout
    lines = [line for line in written.splitlines() if line.startswith(("PRAGMA", "BEGIN", "COMMIT"))]
    revision = ["BEGIN;", "PRAGMA foreign_key_check;", "COMMIT;"]
    assert lines == ["PRAGMA foreign_keys=OFF;", *revision * 3, "PRAGMA foreign_keys=ON;"]
