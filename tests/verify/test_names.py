"""Names that hold dots and quotes: a proof never takes one object for another."""

import pytest

from bothways.verify import Options, selection, verify
from tests import tiny

DOTTED = """
op.create_table("a", sa.Column("id", sa.Integer, primary_key=True), sa.Column("b.c", sa.String(20)))
op.create_table("a.b", sa.Column("id", sa.Integer, primary_key=True), sa.Column("c", sa.String(20)))
op.create_table('q"d', sa.Column("id", sa.Integer, primary_key=True), sa.Column("e", sa.String(20)))
"""
GONE = 'op.drop_table("a")\nop.drop_table("a.b")\nop.drop_table(\'q"d\')'
QUOTE = "q = op.get_bind().dialect.identifier_preparer.quote\n"


@pytest.fixture
def project(tmp_path, engine_name, servers):
    made = tiny.write(tmp_path, engine_name)
    made.url = servers[engine_name]
    made.revision("r1", DOTTED, GONE)
    return made


def proof(project, up, down, more=""):
    project.revision("r2", up, down, more=more)
    loaded = project.load(project.url)
    first, second = verify(loaded, loaded.databases, selection.everything, Options()).proofs
    assert (first.verdict, first.notes) == ("lossless", ()), first
    return second


def test_tables_whose_names_hold_dots_get_rows_and_are_lossless(project):
    found = proof(project, 'op.add_column("a.b", sa.Column("d.e", sa.Integer))', 'op.drop_column("a.b", "d.e")')
    assert (found.verdict, found.notes) == ("lossless", ()), found
    assert found.rows > 12


@pytest.mark.parametrize(
    ("table", "column", "shown"),
    [("a", "b.c", 'a."b.c"'), ("a.b", "c", '"a.b".c'), ('q"d', "e", '"q""d".e')],
    ids=["column", "table", "quote"],
)
def test_a_column_that_does_not_come_back_is_told_by_its_own_name(project, table, column, shown):
    found = proof(project, f"op.drop_column({table!r}, {column!r})", "pass")
    assert found.verdict == "broken"
    assert [(str(c), c.tier) for c in found.changes if c.kind == "column"] == [(f"column {shown}: missing", "semantic")]


@pytest.mark.parametrize(
    ("table", "column", "shown"),
    [("a", "b.c", "a"), ("a.b", "c", '"a.b"'), ('q"d', "e", '"q""d"')],
    ids=["column", "table", "quote"],
)
def test_a_lost_value_is_shown_with_its_row(project, table, column, shown):
    spoil = f"{QUOTE}op.execute('update ' + q({table!r}) + ' set ' + q({column!r}) + ' = null')"
    found = proof(project, spoil, "pass")
    assert found.verdict == "lossy"
    assert f" of {shown}: {column} " in found.evidence
    assert {c.kind for c in found.changes} == {"rows"}


def test_a_declared_loss_is_written_as_it_is_told(project):
    spoil = f"{QUOTE}op.execute('update ' + q('a') + ' set ' + q('b.c') + ' = null')"
    assert proof(project, spoil, "pass", "lossy = {'a.\"b.c\"': 'why not'}").verdict == "lossy-declared"


SCHEMAS = """
op.execute('create schema a')
op.create_table("b", sa.Column("id", sa.Integer, primary_key=True), sa.Column("c", sa.String(20)), schema="a")
op.create_table("a.b", sa.Column("id", sa.Integer, primary_key=True), sa.Column("c", sa.String(20)))
op.create_table("s", sa.Column("a.b", sa.Integer, primary_key=True))
"""


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("arguments", "shown"), [('"b", "c", schema="a"', "a.b.c"), ('"a.b", "c"', '"a.b".c')])
def test_a_schema_is_no_part_of_a_table_with_a_dot(tmp_path, engine_name, servers, arguments, shown):
    project = tiny.write(tmp_path, engine_name)
    project.url = servers[engine_name]
    gone = "op.drop_table('b', schema='a')\nop.drop_table('a.b')\nop.drop_table('s')\nop.execute('drop schema a')"
    project.revision("r1", SCHEMAS, gone)
    found = proof(project, f"op.drop_column({arguments})", "pass")
    assert found.verdict == "broken"
    assert [str(c) for c in found.changes if c.kind == "column"] == [f"column {shown}: missing"]
