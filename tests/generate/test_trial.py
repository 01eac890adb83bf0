"""Drafted statements as SQL for people: what the server would get, character by character."""

from __future__ import annotations

import pytest

from bothways.code import call, sql
from bothways.revisions.trial import rendered
from tests.conftest import ENGINES
from tests.generate.laboratory import MIGRATIONS


@pytest.mark.parametrize("engine", ENGINES)
def test_percent_signs_and_colons_stand_in_the_sql_as_they_are_written(engine):
    statement = "UPDATE t SET a = '50%:x' WHERE b LIKE '%a%'"
    shown = rendered([sql(statement), call("op.create_index", "i%x", "t", ["a"])], engine, MIGRATIONS)
    assert statement in shown
    assert "i%x" in shown
    assert "%%" not in shown
