"""Edits of constraints, indexes and views."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.generate import vocabulary as words
from tests.generate.making import MY, PG
from tests.generate.mending import keys
from tests.generate.models import Check, ForeignKey, Index, Models, Table, Unique, View
from tests.generate.pen import Pen, put, taken

if TYPE_CHECKING:
    from collections.abc import Callable


def _constraint_name(pen: Pen, models: Models, prefix: str) -> str | None:
    return None if pen.may("unnamed", 4) else pen.name(taken(models), prefix)


def _unique(pen: Pen, models: Models, table: Table, name: str | None) -> Unique | None:
    columns = pen.some([c.name for c in table.columns if words.indexable(c, pen.engine)], 1, 3)
    deferrable = True if pen.engine == PG and pen.may("deferrable", 5) else None
    return Unique(name, columns, deferrable) if columns else None


def _check(pen: Pen, models: Models, table: Table, name: str | None) -> Check | None:
    plain = [c for c in table.columns if not c.counter]
    columns = pen.some(plain, 1, 2)
    texts = words.checks(tuple(words.family(c, models) for c in columns), pen.engine)
    if not texts and columns:
        texts, columns = words.checks((words.family(columns[0], models),), pen.engine), columns[:1]
    return Check(name, pen.one(texts), tuple(c.name for c in columns)) if texts else None


def _foreign_key(pen: Pen, models: Models, table: Table, name: str | None) -> ForeignKey | None:
    found = [
        (own.name, target.name, key)
        for target in models.tables
        for key in keys(target)
        if len(key) == 1
        for own in table.columns
        if own.type == target.column(key[0]).type and own.computed is None and (own.name, table) != (key[0], target)
    ]
    if not found:
        return None
    own, target, key = pen.one(found)
    actions = (None, None, "CASCADE", "SET NULL", "RESTRICT", "NO ACTION")
    deferrable = True if pen.engine != MY and pen.may("deferrable", 5) else None
    return ForeignKey(
        name, (own,), target, key, pen.one(actions), pen.one(actions), deferrable, use_alter=bool(name) and pen.luck(6)
    )


MAKERS = {
    "unique": (Unique, _unique, "uq_"),
    "check": (Check, _check, "ck_"),
    "foreign key": (ForeignKey, _foreign_key, "fk_"),
}


def _adding(what: str) -> Callable[[Pen, Models], Models]:
    _, make, prefix = MAKERS[what]

    def edit(pen: Pen, models: Models) -> Models:
        table = pen.one(models.tables)
        made = make(pen, models, table, _constraint_name(pen, models, prefix))
        return models if made is None else put(models, replace(table, constraints=(*table.constraints, made)))

    return edit


def _dropping(what: str) -> Callable[[Pen, Models], Models]:
    def edit(pen: Pen, models: Models) -> Models:
        there = [(t, c) for t in models.tables for c in t.constraints if isinstance(c, MAKERS[what][0])]
        if not there:
            return models
        table, gone = pen.one(there)
        return put(models, replace(table, constraints=tuple(c for c in table.constraints if c is not gone)))

    return edit


def _redoing(what: str) -> Callable[[Pen, Models], Models]:
    kind, make, _ = MAKERS[what]

    def edit(pen: Pen, models: Models) -> Models:
        there = [(t, c) for t in models.tables for c in t.constraints if isinstance(c, kind)]
        if not there:
            return models
        table, old = pen.one(there)
        made = make(pen, models, table, old.name) or old
        return put(models, replace(table, constraints=tuple(made if c is old else c for c in table.constraints)))

    return edit


def _index(pen: Pen, models: Models, table: Table, name: str) -> Index | None:
    fit = [c.name for c in table.columns if words.indexable(c, pen.engine)]
    columns = pen.some(fit, 1, 3)
    if not columns:
        return _prefixed(pen, table, name)
    orders = ("", "desc", "desc nulls last") if pen.engine == PG else ("", "desc")
    order = tuple(pen.one(orders) if pen.may("descending", 4) else "" for _ in columns)
    index = Index(name, columns, order, unique=pen.may("unique index", 4))
    if pen.engine != MY and pen.may("partial", 4):
        index = replace(index, where=_check(pen, models, table, None))
    if pen.engine != MY and pen.may("expression", 5):
        texts = [c for c in table.columns if words.family(c, models) == "text"]
        if texts:
            index = replace(index, expression=Check(None, "lower({0})", (pen.one(texts).name,)))
    if pen.engine == PG and pen.may("include", 5):
        index = replace(index, include=pen.some([c.name for c in table.columns if c.name not in columns], 1, 2))
    return index


def _prefixed(pen: Pen, table: Table, name: str) -> Index | None:
    if pen.engine != MY or "prefix" not in pen.kinds:
        return None
    column = pen.one([c.name for c in table.columns if c.type == "text"])
    return None if column is None else Index(name, (column,), ("",), prefix=10)


def add_index(pen: Pen, models: Models) -> Models:
    """One more index."""
    table = pen.one(models.tables)
    index = _index(pen, models, table, pen.name(taken(models), "ix_"))
    return models if index is None else put(models, replace(table, indexes=(*table.indexes, index)))


def _some_index(pen: Pen, models: Models) -> tuple[Table, Index] | tuple[None, None]:
    return pen.one([(t, i) for t in models.tables for i in t.indexes]) or (None, None)


def drop_index(pen: Pen, models: Models) -> Models:
    """One index less."""
    table, gone = _some_index(pen, models)
    if table is None:
        return models
    return put(models, replace(table, indexes=tuple(i for i in table.indexes if i is not gone)))


def change_index(pen: Pen, models: Models) -> Models:
    """Another index of that name."""
    table, old = _some_index(pen, models)
    if table is None:
        return models
    new = _index(pen, models, table, old.name) or old
    return put(models, replace(table, indexes=tuple(new if i is old else i for i in table.indexes)))


def _view(pen: Pen, models: Models, name: str) -> View:
    table = pen.one(models.tables)
    columns = pen.some([c.name for c in table.columns], 1, 4)
    where = _check(pen, models, table, None) if pen.luck(3) else None
    return View(name, table.name, columns, where, materialized=pen.engine == PG and pen.may("materialized", 4))


def add_view(pen: Pen, models: Models) -> Models:
    """One more view."""
    return replace(models, views=(*models.views, _view(pen, models, pen.name(taken(models), "v_"))))


def drop_view(pen: Pen, models: Models) -> Models:
    """One view less."""
    gone = pen.one(models.views)
    return replace(models, views=tuple(v for v in models.views if v is not gone))


def change_view(pen: Pen, models: Models) -> Models:
    """A view that shows something else."""
    old = pen.one(models.views)
    if old is None:
        return models
    return replace(models, views=tuple(_view(pen, models, v.name) if v is old else v for v in models.views))


EDITS = {
    **{f"add {what}": _adding(what) for what in MAKERS},
    **{f"drop {what}": _dropping(what) for what in MAKERS},
    **{f"change {what}": _redoing(what) for what in MAKERS},
    "add index": add_index,
    "drop index": drop_index,
    "change index": change_index,
    "add view": add_view,
    "drop view": drop_view,
    "change view": change_view,
}
