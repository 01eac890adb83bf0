"""A set of models after an edit, without what the edit left dangling."""

from __future__ import annotations

from dataclasses import replace

from tests.generate.making import MY, PG
from tests.generate.models import Check, Column, ForeignKey, Index, Models, Table, Unique, View
from tests.generate.vocabulary import defaults, family, generated, holds, indexable


def mended(models: Models, engine: str) -> Models:
    """The same with only what still goes together."""
    used = {c.type for t in models.tables for c in t.columns}
    enums = tuple(e for e in models.enums if f"enum {e.name}" in used)
    models = replace(models, enums=enums, tables=tuple(_columns(t, models, engine) for t in models.tables))
    models = replace(models, tables=tuple(_keys(t, models, engine) for t in models.tables))
    # A foreign key may lose the key that it points to in the same turn.
    models = replace(models, tables=tuple(_references(t, models, engine) for t in models.tables))
    return replace(models, views=tuple(v for v in models.views if _shows(v, models, engine)))


def _columns(table: Table, models: Models, engine: str) -> Table:
    known = {c.name: c for c in table.columns}
    return replace(table, columns=tuple(_column(c, known, table, models, engine) for c in table.columns))


def _column(column: Column, known: dict[str, Column], table: Table, models: Models, engine: str) -> Column:
    if column.computed is not None and not generated(column.computed, column, known, engine):
        column = replace(column, computed=None)
    if column.computed is not None:
        return replace(column, default=None, counter=None, required=False)
    if column.counter and (table.key != (column.name,) or family(column, models) != "integer"):
        column = replace(column, counter=None)
    if column.counter or (column.default is not None and column.default not in defaults(column, models, engine)):
        column = replace(column, default=None)
    return column


def _keys(table: Table, models: Models, engine: str) -> Table:
    known = {c.name: c for c in table.columns}
    key = tuple(c for c in table.key if c in known and _fit_for_key(known[c], engine))
    constraints = tuple(c for c in table.constraints if _stands(c, known, models, engine))
    indexes = tuple(i for i in table.indexes if _indexes(i, known, models, engine))
    name = table.key_name if key else None
    return replace(table, key=key, key_name=name, constraints=constraints, indexes=indexes)


def _fit_for_key(column: Column, engine: str) -> bool:
    return column.computed is None and indexable(column, engine)


def _stands(part: Unique | Check | ForeignKey, known: dict[str, Column], models: Models, engine: str) -> bool:
    if isinstance(part, Check):
        return holds(part, known, models, engine)
    if isinstance(part, Unique):
        return all(c in known and indexable(known[c], engine) for c in part.columns)
    return True


def _indexes(index: Index, known: dict[str, Column], models: Models, engine: str) -> bool:
    if any(c not in known for c in (*index.columns, *index.include)):
        return False
    if index.prefix is None and not all(indexable(known[c], engine) for c in index.columns):
        return False
    if index.prefix is not None and not all(known[c].type in {"text", "string(200)"} for c in index.columns):
        return False
    if index.expression is not None and index.expression.columns[0] not in known:
        return False
    if index.expression is not None and family(known[index.expression.columns[0]], models) != "text":
        return False
    return index.where is None or holds(index.where, known, models, engine)


def keys(table: Table) -> tuple[tuple[str, ...], ...]:
    """What foreign keys can point to."""
    uniques = tuple(c.columns for c in table.constraints if isinstance(c, Unique) and not c.deferrable)
    return tuple(k for k in (table.key, *uniques) if k)


def _references(table: Table, models: Models, engine: str) -> Table:
    kept = [_reference(c, table, models, engine) if isinstance(c, ForeignKey) else c for c in table.constraints]
    # SQLAlchemy adds the keys of a circle in the order of a set, so the numbers of several without a name are chance,
    # and so is which of two on the same columns MySQL names the index after.
    unnamed = [c for c in kept if isinstance(c, ForeignKey) and c.name is None]
    twice = [c for c in unnamed if sum(isinstance(o, ForeignKey) and o.columns == c.columns for o in kept) > 1]
    dropped = (*unnamed[1:], *twice)
    return replace(table, constraints=tuple(c for c in kept if c is not None and c not in dropped))


def _reference(part: ForeignKey, table: Table, models: Models, engine: str) -> ForeignKey | None:
    target = next((t for t in models.tables if t.name == part.table), None)
    known = {c.name: c for c in table.columns}
    if target is None or part.targets not in keys(target) or any(c not in known for c in part.columns):
        return None
    own = [known[c] for c in part.columns]
    if any(c.computed or not indexable(c, engine) for c in own):
        return None
    if [c.type for c in own] != [target.column(c).type for c in part.targets]:
        return None
    if engine == MY and "SET NULL" in {part.ondelete, part.onupdate} and any(_never_null(c, table) for c in own):
        return replace(part, ondelete=None, onupdate=None)
    return part


def _never_null(column: Column, table: Table) -> bool:
    return column.required or column.name in table.key


def _shows(view: View, models: Models, engine: str) -> bool:
    table = next((t for t in models.tables if t.name == view.table), None)
    if table is None or (view.materialized and engine != PG):
        return False
    known = {c.name: c for c in table.columns}
    return all(c in known for c in view.columns) and (view.where is None or holds(view.where, known, models, engine))
