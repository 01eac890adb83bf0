"""The invariants of the tree: what imports what, how large a room is, and who may know what."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = sorted(p for p in (ROOT / "bothways").rglob("*.py"))
SOURCES = [*ENGINE, *sorted((ROOT / "schema").rglob("*.py")), *sorted((ROOT / "api").rglob("*.py"))]
REVISIONS = sorted((ROOT / "migrations" / "versions").rglob("*.py"))
ENGINES = {"postgresql", "mysql", "mariadb", "sqlite"}
MAY_NAME_ENGINES = {"dialects", "servers", "urls.py", "project.py"}


def name(path):
    return str(path.relative_to(ROOT))


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_there_is_something_to_look_at():
    assert len(ENGINE) > 30
    assert len(REVISIONS) > 36


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_is_one_room(path):
    most = 500 if "dialects" in path.parts else 300
    assert len(path.read_text(encoding="utf-8").splitlines()) <= most


def test_nineteen_of_twenty_functions_are_short():
    lengths = sorted(
        node.end_lineno - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[int(len(lengths) * 0.95)] <= 40


@pytest.mark.parametrize("path", ENGINE, ids=name)
def test_the_engine_imports_nothing_of_a_project(path):
    assert not {i.partition(".")[0] for i in imports(path)} & {"schema", "migrations", "api", "tests"}


@pytest.mark.parametrize("path", REVISIONS, ids=name)
def test_a_revision_imports_alembic_and_sqlalchemy_only(path):
    allowed = {"alembic", "sqlalchemy", "__future__", *sys.stdlib_module_names}
    assert {i.partition(".")[0] for i in imports(path)} <= allowed


@pytest.mark.parametrize("path", ENGINE, ids=name)
def test_only_revisions_uses_alembics_private_names(path):
    if "revisions" in path.parts:
        return
    private = {
        node.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"_upgrade_revs", "_downgrade_revs", "_proxy"}
    }
    modules = {i for i in imports(path) if i.startswith("alembic")}
    assert private == set()
    assert not modules or path.name == "env.py"


@pytest.mark.parametrize("path", ENGINE, ids=name)
def test_outside_the_dialects_nobody_asks_for_an_engines_name(path):
    if MAY_NAME_ENGINES & {*path.parts, path.name}:
        return
    asked = [
        f"{name(path)}:{node.lineno}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value in ENGINES
    ]
    assert asked == []


def test_the_import_rule_holds():
    program = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_every_public_thing_of_the_engine_has_a_docstring():
    missing = [
        f"{name(path)}:{node.name}"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and getattr(node, "col_offset", 0) == 0
    ]
    assert missing == []
