"""The project's own rows and invariants: loaded from the ini, run at a revision, told with file and line."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
import sqlalchemy as sa

from bothways import scratch
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.errors import ConfigurationError, MigrationFailed
from bothways.history import History
from bothways.project import Project
from bothways.revisions import upgrade
from bothways.verify import own
from tests.conftest import ENGINES

PROJECT = Project.load("alembic.ini", environ={})


@pytest.fixture
def loaded(tmp_path, monkeypatch):
    """Load a module of that text as a project's proofs."""
    monkeypatch.setattr(sys, "path", list(sys.path))

    def load(text, name="proofs_of_test"):
        (tmp_path / f"{name}.py").write_text(text)
        sys.modules.pop(name, None)
        return own.load(replace(PROJECT, root=tmp_path, proofs=name))

    return load


@pytest.fixture
def at():
    """A SQLite database with a table."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("create table note (id int primary key, body text)")
        yield own.At(connection, "main", "sqlite", "0001", take(connection))
    engine.dispose()


def test_a_project_without_the_key_has_nothing_of_its_own():
    assert own.load(replace(PROJECT, proofs=None)) is None


def test_the_ini_names_the_module():
    found = own.load(PROJECT)
    assert found is not None
    assert found.module == "schema.proofs"


def test_rows_are_inserted_and_violations_are_sentences(loaded, at):
    mine = loaded(
        "def rows(at):\n"
        "    if at.has('note.body') and at.has('note') and not at.has('note.gone') and not at.has('gone'):\n"
        "        at.connection.exec_driver_sql(\"insert into note values (1, 'x')\")\n"
        "def invariants(at):\n"
        "    for (key,) in at.connection.exec_driver_sql('select id from note'):\n"
        "        yield f'note {key} is there'\n"
    )
    assert mine.violations(at) == ()
    mine.plant(at)
    assert mine.violations(at) == ("note 1 is there",)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return None", ()),
        ("return ['one', 'two']", ("one", "two")),
        ("return 'one'", ("one",)),
        ("assert 1 == 2, 'one is not two'", ("one is not two",)),
    ],
)
def test_invariants_may_return_or_assert(loaded, at, body, expected):
    assert loaded(f"def invariants(at):\n    {body}\n").violations(at) == expected


def test_a_bare_assertion_is_told_with_its_line(loaded, at):
    (sentence,) = loaded("def invariants(at):\n    yield 'first' if False else 'one'\n").violations(at)
    assert sentence == "one"
    (sentence,) = loaded("def invariants(at):\n\n    assert not at.has('note')\n", "bare").violations(at)
    assert "bare.py:3" in sentence


@pytest.mark.parametrize("function", ["rows", "invariants"])
def test_what_the_functions_raise_is_told_with_file_and_line(loaded, at, function):
    text = (
        f"def {function}(at):\n    helper(at)\n\ndef helper(at):\n    at.connection.exec_driver_sql('select missing')\n"
    )
    mine = loaded(text, f"wrong_{function}")
    with pytest.raises(MigrationFailed, match=rf"wrong_{function}\.py:5.*no such column") as caught:
        mine.plant(at) if function == "rows" else mine.violations(at)
    assert caught.value.details["place"] == f"wrong_{function}.py:5"
    assert caught.value.hint


@pytest.mark.parametrize(("text", "said"), [("1 / 0", "ZeroDivisionError"), ("x = 1", "defines neither rows")])
def test_a_module_that_is_of_no_use_is_refused(loaded, text, said):
    with pytest.raises(ConfigurationError, match=said):
        loaded(text, f"useless_{len(text)}")


@pytest.mark.parametrize("engine", ENGINES)
def test_this_project_s_own_rows_keep_its_invariant_and_a_spoiled_one_is_told(servers, engine):
    mine = own.load(PROJECT)
    head = History.load(PROJECT.database(engine).branch).revisions[-1].id

    def look(connection):
        at = own.At(connection, engine, engine, head, take(connection))
        mine.plant(at)
        kept = mine.violations(at)
        connection.exec_driver_sql("update categories set name = 'B?cher' where slug like 'proof-%%'")
        return kept, mine.violations(at)

    with scratch.database(servers[engine]) as url:
        call(url, lambda c: upgrade(c, PROJECT, replace(PROJECT.database(engine), url=url), head), purpose="migrate")
        kept, spoiled = call(url, look, purpose="write")
    assert kept == ()
    assert len(spoiled) == 1
    assert "B?cher" in spoiled[0]
