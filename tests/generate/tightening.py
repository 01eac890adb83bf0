"""Whether an evolution asks more of rows than before, so that a server may refuse some on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.generate.models import Column, Evolution, Table


def tightens(evolution: Evolution) -> bool:
    """Whether any table that stays allows fewer rows than before, as far as one can see without looking at rows."""
    before, after = evolution.before, evolution.after
    if any(e not in after.enums for e in before.enums):
        return True
    old = {t.name: t for t in before.tables}
    return any(t.name in old and _tighter(old[t.name], t) for t in after.tables)


def _tighter(before: Table, after: Table) -> bool:
    if before.schema != after.schema:
        return False
    more = set(after.constraints) - set(before.constraints)
    unique = {i for i in after.indexes if i.unique} - set(before.indexes)
    old = {c.name: c for c in before.columns}
    return bool(more or unique) or after.key != before.key or any(_column(old.get(c.name), c) for c in after.columns)


def _column(before: Column | None, after: Column) -> bool:
    if before is None:
        return after.required and after.default is None
    facts = [(c.type, c.required, c.computed) for c in (before, after)]
    return facts[0] != facts[1] and not (facts[0][0] == facts[1][0] and not after.required and not after.computed)
