"""The scripts that a fresh machine meets first: they say what they do, refuse what they do not know, pin versions."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path.name for path in (ROOT / "script").iterdir() if "." not in path.name)
LOCKS = ("requirements.lock", "script/servers.lock")
STUB = '#!/bin/bash\necho "$(basename "$0") $HYPOTHESIS_PROFILE $*" >>"$CALLS"\n[[ "$*" != *"$FAIL_ON"* ]]\n'


@pytest.fixture
def copy(tmp_path):
    """The scripts in a folder of their own, without an environment: nothing that they do can reach this one."""
    folder = tmp_path / "copy of the project"
    shutil.copytree(ROOT / "script", folder / "script")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "bench").mkdir()
    return folder


@pytest.fixture
def furnished(copy):
    """The same with programs that only write down how they were called."""
    programs = copy / ".venv" / "bin"
    programs.mkdir(parents=True)
    for path in (*(programs / name for name in ("python", "bothways")), copy / "script" / "bootstrap"):
        path.write_text(STUB)
        path.chmod(0o755)
    return copy


def run(folder, *words, **environment):
    """Run a command there, with the calls that the stubs wrote down added to the result."""
    calls = folder / "calls"
    calls.write_text("")
    settings = {"PATH": os.environ["PATH"], "HOME": str(folder), "CALLS": str(calls), "FAIL_ON": "never", **environment}
    done = subprocess.run(words, cwd=folder, env=settings, capture_output=True, text=True, check=False, timeout=120)
    done.calls = [" ".join(line.split()) for line in calls.read_text().splitlines()]
    return done


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("name", [*(f"script/{name}" for name in SCRIPTS), ".ci/run"])
def test_a_script_is_executable_and_bash_can_read_it(name):
    assert os.access(ROOT / name, os.X_OK)
    assert (ROOT / name).read_text().startswith("#!/usr/bin/env bash\n")
    assert subprocess.run(["bash", "-n", ROOT / name], check=False).returncode == 0


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_explains_itself_and_does_nothing_else(copy, name):
    done = run(copy, f"script/{name}", "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"script/{name}")
    assert not (copy / ".venv").exists()


@pytest.mark.parametrize("name", ["bootstrap", "check", "bench"])
def test_an_unknown_option_is_refused_before_anything_happens(copy, name):
    done = run(copy, f"script/{name}", "--nonsense")
    assert done.returncode == 2
    assert done.stderr == f"failed: {name} has no option --nonsense\nnext: script/{name} --help\n"
    assert not (copy / ".venv").exists()


def test_an_unknown_option_of_serve_is_refused_before_the_database_is_touched(furnished):
    done = run(furnished, "script/serve", "--nonsense", FAIL_ON="--nonsense --help")
    assert done.returncode == 1
    assert done.calls == ["bootstrap", "bothways serve --nonsense --help"]


def test_a_failed_step_says_what_failed_and_what_to_do_next(copy):
    script = copy / "script" / "try"
    script.write_text('source "$(dirname "$0")/steps.bash"\nstep "Counting" "count again"\n(exit 7)\necho on\n')
    done = run(copy, "bash", "script/try")
    assert done.returncode == 7
    assert done.stdout == ""
    assert done.stderr == "- Counting\nfailed: Counting\nnext: count again\n"


def test_a_machine_without_python_is_told_how_to_get_it(copy, tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "env", "dirname", "basename", "git", "cat", "tr", "sed", "grep", "id"):
        (programs / name).symlink_to(shutil.which(name))
    done = run(copy, "script/bootstrap", PATH=str(programs))
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert "next: install it" in done.stderr


def test_packages_that_cannot_be_fetched_are_a_failed_step_with_a_remedy(copy):
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    nowhere |= {"UV_INDEX_URL": "http://127.0.0.1:9/", "UV_HTTP_RETRIES": "0", "UV_NO_CONFIG": "1"}
    done = run(copy, "script/bootstrap", **nowhere)
    assert done.returncode != 0
    assert "\nfailed: Installing the packages of requirements.lock" in done.stderr
    assert "\nnext: check the network" in done.stderr
    assert not (copy / ".venv" / "bothways-stamp").exists()


def test_serve_migrates_then_proves_then_serves(furnished):
    done = run(furnished, "script/serve")
    assert done.returncode == 0
    assert done.calls == [
        "bootstrap",
        "bothways upgrade sqlite",
        "bothways verify --last --database sqlite",
        "bothways serve",
    ]
    assert len(re.findall(r"^- \w", done.stderr, re.M)) == 3


def test_serve_does_not_serve_what_could_not_be_proved(furnished):
    done = run(furnished, "script/serve", FAIL_ON="verify")
    assert done.returncode == 1
    assert done.calls[-1] == "bothways verify --last --database sqlite"
    assert "failed: Proving its last revision both ways" in done.stderr


def test_test_hands_its_arguments_to_pytest(furnished):
    assert run(furnished, "script/test", "tests/test_urls.py", "-k", "orders").calls == [
        "bootstrap --servers",
        "python -m pytest tests/test_urls.py -k orders",
    ]


def test_test_runs_all_the_tests_in_several_processes_unless_told_otherwise(furnished):
    alone = run(furnished, "script/test", "--serial").calls[-1]
    assert alone == "python -m pytest"
    together = run(furnished, "script/test").calls[-1]
    several = f"python -m pytest -n {min(len(os.sched_getaffinity(0)), 4)} --dist loadfile"
    assert together == (alone if os.cpu_count() == 1 else several)


def test_a_failing_test_fails_test_and_coverage_alike(furnished):
    assert run(furnished, "script/test", FAIL_ON="pytest").returncode == 1
    assert run(furnished, "script/test", "--coverage", FAIL_ON="pytest").returncode == 1


def test_coverage_is_measured_over_all_processes_and_refused_under_95_percent(furnished):
    calls = run(furnished, "script/test", "--coverage", "--serial").calls
    assert calls[1:3] == ["python -m coverage run -m pytest", "python -m coverage combine -q"]
    assert "--fail-under=95" in calls[3]
    assert run(furnished, "script/test", "--coverage", FAIL_ON="--fail-under").returncode == 1


def test_a_long_run_tries_more_examples(furnished):
    assert run(furnished, "script/test", "--long", "--serial").calls[-1] == "python long -m pytest"


def test_bench_lists_its_benchmarks_and_refuses_an_unknown_one(copy):
    (copy / "bench" / "status.py").write_text('"""How long status takes."""\n')
    assert run(copy, "script/bench").stdout.split(maxsplit=1) == ["status", "How long status takes.\n"]
    done = run(copy, "script/bench", "sttaus")
    assert done.returncode == 2
    assert done.stderr == "failed: there is no benchmark sttaus\nnext: script/bench lists them\n"


def test_check_runs_every_check_even_after_one_has_failed(furnished):
    for name in ("ruff", "mypy", "lint-imports"):
        shutil.copy(furnished / ".venv/bin/python", furnished / ".venv/bin" / name)
    done = run(furnished, "script/check", FAIL_ON="check -q")
    assert done.returncode == 1
    assert [call.split()[0] for call in done.calls] == ["bootstrap", "ruff", "ruff", "mypy", "lint-imports"]
    assert "failed: Rules (ruff check)" in done.stderr
    assert run(furnished, "script/check").returncode == 0


def test_ci_is_check_and_test_where_a_missing_server_is_a_failure():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    code = [line for line in lines if line and not line.startswith("#")]
    assert code[0] == "set -e"
    assert "export CI=true" in code
    assert code[-2:] == ["script/check", "script/test"]


def test_make_alone_prints_help():
    done = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert [line.split()[:2] for line in done.stdout.splitlines()][:2] == [["make", "help"], ["make", "serve"]]


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_is_pinned_with_hashes_and_without_an_address(name):
    text = (ROOT / name).read_text()
    packages = re.findall(r"^[a-zA-Z0-9][^\n\\]*(?:\\\n[^\n\\]*)*", text, re.M)
    assert packages
    for package in packages:
        assert re.match(r"[a-z0-9.-]+(\[[a-z,]+\])?==\S+", package), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}$", package, re.M), package
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links)", text, re.M)


def test_the_lock_has_everything_that_the_project_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    wanted += [need for needs in project["project"]["optional-dependencies"].values() for need in needs]
    wanted += project["build-system"]["requires"]
    names = {re.split(r"[^A-Za-z0-9._-]", need)[0].lower().replace("_", "-") for need in wanted}
    locked = set(re.findall(r"^([a-z0-9.-]+)(?:\[.*\])?==", (ROOT / LOCKS[0]).read_text(), re.M))
    assert not {name for name in names if name != "bothways"} - locked


def test_nothing_tracked_names_a_registry_or_a_folder_of_one_machine():
    # Put together here, so that this file does not name them either.
    forbidden = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "/" + "work/", "/" + "root/"]
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode(errors="replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in forbidden if word in text]
    assert found == []


def test_no_lock_that_names_registries_is_tracked():
    assert not {path.name for path in tracked_files()} & {"uv.lock", "package-lock.json", ".env"}
