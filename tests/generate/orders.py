"""The same models, defined in another order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tests.generate.models import Evolution, Models, Table


@st.composite
def reordered(draw, evolution: Evolution) -> Evolution:
    """An evolution whose tables, constraints, indexes and views are defined in another order; columns have theirs."""
    return replace(evolution, before=_models(draw, evolution.before), after=_models(draw, evolution.after))


def _models(draw, models: Models) -> Models:
    tables = [_table(draw, t) for t in models.tables]
    return Models(_mixed(draw, tables), _mixed(draw, models.views), _mixed(draw, models.enums))


def _table(draw, table: Table) -> Table:
    # A server numbers those without a name, so for them the order does mean something.
    named = all(c.name for c in table.constraints)
    constraints = _mixed(draw, table.constraints) if named else table.constraints
    return replace(table, constraints=constraints, indexes=_mixed(draw, table.indexes))


def _mixed(draw, parts):
    return tuple(draw(st.permutations(parts)))
