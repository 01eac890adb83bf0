"""Whole projects of faulty revisions: each fault is named, and an honest downgrade in its place raises no alarm.

A faulty revision says ``planted = (key, fact)`` and has an ``honest_downgrade`` beside its ``downgrade``. Each project
is proved twice: as it is, and with the honest downgrades in their place. Behind a fault a fresh database is needed, so
that the time grows with faults times revisions: large projects have every third fault only, all of them with
``script/test --long``.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest

from bothways import servers as private_servers

HERE = Path(__file__).parent
PROJECTS = sorted(folder.name for folder in HERE.iterdir() if (folder / "alembic.ini").is_file())
"""Folders, each named after its engine; what follows a dash is a topic."""
FEW = 40
AT_LEAST = {"postgresql": 150, "mysql": 130, "sqlite": 85}
_WAY_BACK = re.compile(r"^def downgrade\(", re.MULTILINE)
_HONEST = re.compile(r"^def honest_downgrade\(", re.MULTILINE)


def engine_of(project):
    return project.partition("-")[0]


def revisions(project):
    return sorted((HERE / project / "migrations" / "versions").glob("*.py"))


def planted_in(path):
    """The key and the fact that a revision's file says; None where it is an honest one."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "planted":
            return ast.literal_eval(node.value)
    return None


def everywhere(*, faulty=True):
    """A parameter for each revision with a planted fault, or without."""
    return [
        revision(project, path)
        for project in PROJECTS
        for path in revisions(project)
        if (planted_in(path) is not None) == faulty
    ]


def revision(project, path):
    return pytest.param(project, path, id=f"{project}/{path.stem}")


def is_tried(project, path):
    """Whether a fault is there in this profile."""
    faults = [p for p in revisions(project) if planted_in(p) is not None]
    every = 1 if len(faults) <= FEW or hypothesis.settings.get_current_profile_name() == "long" else 3
    return path in faults[::every]


def faulty(path):
    """Without the control, whose words must not excuse anything; honest where the fault is not tried."""
    text = path.read_text(encoding="utf-8")
    return _HONEST.split(text)[0] if is_tried(path.parents[2].name, path) else honest(path)


def honest(path):
    text = path.read_text(encoding="utf-8")
    return _HONEST.sub("def downgrade(", _WAY_BACK.sub("def faulty_downgrade(", text)) if _HONEST.search(text) else text


def prove(project, url, folder, edit):
    """The proofs of a copy of a project, by revision."""
    shutil.copytree(HERE / project, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in sorted((folder / "migrations" / "versions").glob("*.py")):
        path.write_text(edit(HERE / project / path.relative_to(folder)), encoding="utf-8")
    command = ["verify", "--config", str(folder / "alembic.ini"), "--url", url.reveal(), "-o", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "bothways", *command], capture_output=True, text=True, cwd=folder, check=False
    )
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    assert "proofs" in report, report
    return {proof["revision"]: proof for proof in report["proofs"]}


@pytest.fixture(scope="module")
def address(servers):
    """The URL of an engine's server; of MariaDB one that no other test uses: users belong to a whole server."""
    with ExitStack() as stack:
        alone = {}

        def of(engine):
            url = servers[engine]
            if engine != "mysql":
                return url
            return alone.get(engine) or alone.setdefault(engine, stack.enter_context(private_servers.start(engine)).url)

        yield of


@pytest.fixture(scope="module")
def proofs(address, tmp_path_factory):
    """The proofs of a project, of which each copy is proved once."""
    found = {}

    def of(project, edit):
        if (project, edit) not in found:
            folder = tmp_path_factory.mktemp(project) / edit.__name__
            found[project, edit] = prove(project, address(engine_of(project)), folder, edit)
        return found[project, edit]

    return of


def proof_of(found, path):
    return found[path.stem.partition("_")[0]]


def names(proof, key, fact):
    """Whether a proof names a fact: as a change, or, where no change says it, in its evidence."""
    if any((change["key"], change["fact"]) == (key, fact) for change in proof["changes"]):
        return True
    words = [key.partition(":")[2], *([fact.removeprefix("column ")] if (fact or "").startswith("column ") else [])]
    evidence = proof["evidence"] or ""
    return not proof["changes"] and all(re.search(rf"\b{re.escape(word)}\b", evidence) for word in words)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("project", "path"), [p for p in everywhere() if is_tried(*p.values)])
def test_a_planted_fault_is_named(project, path, proofs):
    proof = proof_of(proofs(project, faulty), path)
    assert proof["verdict"] in {"lossy", "broken"}, json.dumps(proof)
    assert names(proof, *planted_in(path)), proof


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("project", "path"), everywhere())
def test_an_honest_downgrade_raises_no_alarm(project, path, proofs):
    proof = proof_of(proofs(project, honest), path)
    assert proof["verdict"] in {"lossless", "lossy-declared"}, json.dumps(proof)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("project", "path"), everywhere(faulty=False))
def test_an_honest_revision_among_faulty_ones_raises_no_alarm(project, path, proofs):
    for edit in (faulty, honest):
        proof = proof_of(proofs(project, edit), path)
        assert proof["verdict"] == "lossless", json.dumps(proof)


@pytest.mark.parametrize("engine", AT_LEAST)
def test_there_are_enough_faults(engine):
    paths = [path for project in PROJECTS if engine_of(project) == engine for path in revisions(project)]
    assert sum(planted_in(path) is not None for path in paths) >= AT_LEAST[engine]
