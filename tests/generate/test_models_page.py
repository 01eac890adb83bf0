"""What docs/models.md shows works, and what it says is refused is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
import sqlalchemy.dialects.postgresql  # the page names it as sa.dialects.postgresql

from bothways.generate.declared import dialect_of
from bothways.generate.models import refuse
from bothways.generate.written import backfills, renames
from bothways.snapshot import Snapshot

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.S)


def example_with(words):
    return next(example for example in EXAMPLES if words in example)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_page_runs(number):
    exec(EXAMPLES[number], {"sa": sqlalchemy})


def test_the_pages_convention_names_everything_and_its_hints_are_read():
    scope = {}
    exec(EXAMPLES[0], scope)
    metadata = scope["metadata"]
    sa.Table(
        "t",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("up", sa.ForeignKey("t.id")),
        sa.Column("one", sa.Integer, unique=True, index=True),
        sa.CheckConstraint("one > 0", name="one"),
    )
    refuse(metadata, ["postgresql", "mysql", "sqlite"])
    exec(example_with('"renamed_from": "name"'), scope)
    head = Snapshot("sqlite", "3", {"table:users": {}, "column:users.name": {}, "column:users.id": {}})
    assert renames(scope["metadata"], head) == {"column:users.name": "full_name", "table:users": "people"}
    exec(example_with("display_name = "), scope)
    sa.Table("t", other := sa.MetaData(), scope["display_name"])
    assert backfills(other) == {"column:t.display_name": "coalesce(full_name, 'nobody')"}


@pytest.mark.parametrize(("engine", "most"), [("postgresql", "1000"), ("mysql", "1000"), ("sqlite", "100000")])
def test_the_pages_limit_is_written_as_each_engine_stores_it(engine, most):
    exec(example_with("tickets = "), scope := {})
    made = sa.schema.CreateTable(scope["tickets"]).compile(dialect=dialect_of(engine))
    assert f"CHECK (price BETWEEN 0 AND {most})" in str(made)
