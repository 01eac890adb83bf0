"""The ground that the tests stand on: a server that is missing cannot be overlooked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest
from tests.conftest import NOT_TESTED

@pytest.mark.parametrize("number", range(3))
def test_that_needs_a_server(number):
    pytest.skip(f"{NOT_TESTED}mysql: no server; install one")

def test_that_needs_none():
    pass
"""


def run(folder, *options, ci):
    """Run those tests in a pytest of their own, with our conftest as its plugin."""
    (folder / "test_some.py").write_text(TESTS)
    urls = {f"BOTHWAYS_TEST_{engine}_URL": "postgresql://nobody@127.0.0.1:9/none" for engine in ("POSTGRESQL", "MYSQL")}
    settings = {**os.environ, **urls, "CI": ci, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", *options]
    return subprocess.run(
        [*words, f"--rootdir={folder}", folder], cwd=folder, env=settings, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_missing_server_is_said_once_and_loudly_and_the_run_goes_on(tmp_path, options):
    done = run(tmp_path, *options, ci="")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("3 tests NOT TESTED on mysql: no server; install one") == 1
    assert "1 passed" in done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_missing_server_fails_the_run_in_ci(tmp_path, options):
    done = run(tmp_path, *options, ci="true")
    assert done.returncode == 1, done.stdout
    assert done.stdout.count("ERROR: 3 tests NOT TESTED on mysql") == 1


def test_a_database_of_each_engine_is_empty_at_first(empty_database, engine_name):
    assert empty_database.dialect == engine_name


def test_two_tests_never_share_a_database(servers, engine_name):
    from bothways import scratch

    with scratch.database(servers[engine_name]) as one, scratch.database(servers[engine_name]) as other:
        assert one.database != other.database
