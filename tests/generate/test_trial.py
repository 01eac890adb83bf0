"""Drafted statements as SQL for people: what the server would get, character by character."""

from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa

from bothways.code import call, sql
from bothways.revisions.trial import rendered
from tests.conftest import ENGINES
from tests.generate.laboratory import MIGRATIONS, drafted


@pytest.mark.parametrize("engine", ENGINES)
def test_percent_signs_and_colons_stand_in_the_sql_as_they_are_written(engine):
    statement = "UPDATE t SET a = '50%:x' WHERE b LIKE '%a%'"
    shown = rendered([sql(statement), call("op.create_index", "i%x", "t", ["a"])], engine, MIGRATIONS)
    assert statement in shown
    assert "i%x" in shown
    assert "%%" not in shown


def parents_and_children(*more) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("u", metadata, sa.Column("id", sa.Integer, primary_key=True), *more)
    parent = sa.Column("uid", sa.ForeignKey("u.id", ondelete="CASCADE"))
    sa.Table("k", metadata, sa.Column("id", sa.Integer, primary_key=True), parent)
    return metadata


def test_a_script_that_makes_a_table_of_sqlite_anew_leaves_its_children_alone(servers):
    wider = sa.Column("c", sa.String(30), nullable=False)
    before = parents_and_children(sa.Column("c", sa.String(20)))
    (draft,) = drafted(servers["sqlite"], before, parents_and_children(wider)).drafts
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.executescript(
        "CREATE TABLE u (id INTEGER NOT NULL PRIMARY KEY, c VARCHAR(20));"
        "CREATE TABLE k (id INTEGER NOT NULL PRIMARY KEY, uid INTEGER REFERENCES u (id) ON DELETE CASCADE);"
        "INSERT INTO u VALUES (1, 'x'); INSERT INTO k VALUES (7, 1);"
    )
    for way in (draft.up, draft.down):
        connection.executescript(rendered(way, "sqlite", MIGRATIONS))
        assert connection.execute("SELECT * FROM k").fetchall() == [(7, 1)]
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_script_of_nothing_is_nothing(engine):
    assert rendered((), engine, MIGRATIONS) == ""
