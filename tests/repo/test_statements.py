"""SQL that clients can reach is built by SQLAlchemy: no text is put together into a statement."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REACHED = ("bothways/crud", "bothways/web", "bothways/accounts", "bothways/runs", "bothways/audit", "api")
SOURCES = sorted(
    path for name in REACHED for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))
)
SQL = {
    "text",
    "exec_driver_sql",
    "literal_column",
    "TextClause",
    "textual",
    "execute",
    "executemany",
    "fetch",
    "fetchrow",
}
ALLOWED = {"bothways/crud/sorting.py:_expression": "the place of a label in an enum, a number"}
"""Calls that are no danger, as file:function, and why."""


def composed(node):
    """Whether an argument is text put together: an f-string with values, %, +, or a method of a string."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(value, ast.FormattedValue) for value in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.Add) and _has_text(node)
    method = node.func if isinstance(node, ast.Call) else None
    makes = isinstance(method, ast.Attribute) and method.attr in {"format", "format_map", "join", "replace"}
    return makes and _has_text(method.value)


def _has_text(node):
    return any(isinstance(p, ast.Constant) and isinstance(p.value, str) for p in ast.walk(node))


def faults(source, name):
    """Calls that make SQL from text, as file:function."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0] if node.args else ast.Constant("")
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        unknown = called in {"text", "literal_column"} and not isinstance(first, ast.Constant)
        if unknown or (called in SQL and any(map(composed, given))):
            yield f"{name}:{_function(tree, node.lineno)}"


def _function(tree, line):
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    around = [n for n in ast.walk(tree) if isinstance(n, kinds) and n.lineno <= line <= n.end_lineno]
    return min(around, key=lambda n: n.end_lineno - n.lineno).name if around else ""


def test_there_is_something_to_look_at():
    assert len(SOURCES) > 40


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_statement_is_put_together_from_text(path):
    found = list(faults(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))))
    assert [line for line in found if line not in ALLOWED] == []


BAD = (
    'sa.text(f"SELECT {name}")',
    'sa.text("SELECT %s" % name)',
    'sa.text("SELECT " + name)',
    'sa.text("SELECT {}".format(name))',
    'sa.text(" ".join(parts))',
    "sa.text(sql)",
    'connection.exec_driver_sql(f"DELETE FROM {table}")',
    'connection.execute("SELECT " + name)',
    'sa.literal_column(f"{name}")',
    'connection.fetch(statement=f"SELECT {name}")',
)
GOOD = ('sa.text("SELECT 1")', "connection.execute(sa.select(table))", 'print(f"{name}")', 'sa.text("a" "b")')


def test_what_is_allowed_is_there():
    every = {fault for path in SOURCES for fault in faults(path.read_text("utf-8"), str(path.relative_to(ROOT)))}
    assert set(ALLOWED) <= every


@pytest.mark.parametrize("source", BAD)
def test_text_that_is_put_together_is_found(source):
    assert list(faults(source, "x")) == ["x:"]


@pytest.mark.parametrize("source", GOOD)
def test_what_is_no_danger_is_not(source):
    assert list(faults(source, "x")) == []
