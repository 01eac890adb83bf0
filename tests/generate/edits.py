"""Edits of tables, columns and enums: each makes of a set of models another, valid or not; ``mended`` sees to that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.generate import vocabulary as words
from tests.generate.making import PG
from tests.generate.models import Column, Computed, Enumeration, Models, Table
from tests.generate.pen import Pen, put, taken

if TYPE_CHECKING:
    from collections.abc import Callable


def _column(pen: Pen, models: Models, table: Table) -> tuple[Models, Column]:
    name = pen.name({c.name.casefold() for c in table.columns})
    models, kind = _type(pen, models)
    column = Column(name, kind, required=pen.may("required", 3))
    column = replace(column, default=_default(pen, models, column))
    if pen.may("generated", 5):
        column = replace(column, computed=_computed(pen, column, table))
    if pen.engine != words.LITE and pen.may("comment", 4):
        column = replace(column, comment=pen.one(words.COMMENTS))
    return models, column


def _type(pen: Pen, models: Models) -> tuple[Models, str]:
    if pen.may("enum", 8):
        if models.enums and pen.luck(2):
            return models, f"enum {pen.one(models.enums).name}"
        native = pen.draw(st.booleans())
        enum = Enumeration(
            pen.name(taken(models), "kind_"), pen.some(words.LABELS, 1, 4), native, not native and pen.luck(2)
        )
        return replace(models, enums=(*models.enums, enum)), f"enum {enum.name}"
    return models, pen.one(words.types(pen.engine, own="own types" in pen.kinds))


def _default(pen: Pen, models: Models, column: Column) -> str | None:
    return pen.one(words.defaults(column, models, pen.engine)) if pen.may("default", 3) else None


def _computed(pen: Pen, column: Column, table: Table) -> Computed | None:
    sources = [c for c in table.columns if c.type == column.type and not c.computed and c.name != column.name]
    source = pen.one([c for c in sources if words.computed(c, pen.engine) and not c.counter])
    if source is None:
        return None
    stored = pen.engine == PG or pen.draw(st.booleans())
    return Computed(pen.one(words.computed(source, pen.engine)), (source.name,), stored)


def add_table(pen: Pen, models: Models) -> Models:
    """One more table, most with a primary key."""
    table = Table(pen.name(taken(models), "t_"))
    if pen.engine == PG and pen.may("schema", 5):
        table = replace(table, schema=pen.one(words.SCHEMAS))
    if not pen.luck(6):
        counter = pen.one(("auto", "identity", "always") if pen.engine == PG else ("auto",)) if pen.luck(3) else None
        table = replace(table, columns=(Column("id", required=True, counter=counter),), key=("id",))
    for _ in range(pen.draw(st.integers(1, 4))):
        models, column = _column(pen, models, table)
        table = replace(table, columns=(*table.columns, column))
    if pen.may("key", 4):
        table = replace(table, key=_key(pen, table), key_name=None)
    if table.key and pen.may("key", 3):
        table = replace(table, key_name=pen.name(taken(models) | {table.name.casefold()}, "pk_"))
    if pen.engine != words.LITE and pen.may("comment", 4):
        table = replace(table, comment=pen.one(words.COMMENTS))
    return replace(models, tables=(*models.tables, table))


def _key(pen: Pen, table: Table) -> tuple[str, ...]:
    fit = [c.name for c in table.columns if words.indexable(c, pen.engine) and c.computed is None]
    return pen.some(fit, 1, 2)


def drop_table(pen: Pen, models: Models) -> Models:
    """One table less, and what pointed to it."""
    table = pen.one(models.tables)
    return replace(models, tables=tuple(t for t in models.tables if t is not table))


def comment_table(pen: Pen, models: Models) -> Models:
    """Another comment, or none."""
    return put(models, replace(pen.one(models.tables), comment=pen.one((None, *words.COMMENTS))))


def change_key(pen: Pen, models: Models) -> Models:
    """Another primary key, or none; or another name for it."""
    table = pen.one(models.tables)
    if table.key and pen.luck(3):
        return put(models, replace(table, key_name=pen.name(taken(models), "pk_")))
    return put(models, replace(table, key=() if pen.luck(4) else _key(pen, table)))


def add_column(pen: Pen, models: Models) -> Models:
    """One more column, last or anywhere."""
    table = pen.one(models.tables)
    models, column = _column(pen, models, table)
    place = pen.draw(st.integers(0, len(table.columns))) if pen.luck(3) else len(table.columns)
    columns = (*table.columns[:place], column, *table.columns[place:])
    return put(models, replace(table, columns=columns))


def drop_column(pen: Pen, models: Models) -> Models:
    """One column less; never a table's last."""
    table = pen.one([t for t in models.tables if len(t.columns) > 1])
    if table is None:
        return models
    gone = pen.one(table.columns[::-1])
    if all(c.computed for c in table.columns if c is not gone):
        return models
    return put(models, replace(table, columns=tuple(c for c in table.columns if c is not gone)))


def _changing(change: Callable[[Pen, Models, Table, Column], tuple[Models, Column]]) -> Callable[[Pen, Models], Models]:
    def edit(pen: Pen, models: Models) -> Models:
        table = pen.one(models.tables)
        column = pen.one(table.columns)
        models, changed = change(pen, models, table, column)
        return put(models, replace(table, columns=tuple(changed if c is column else c for c in table.columns)))

    return edit


def _another_type(pen: Pen, models: Models, table: Table, column: Column) -> tuple[Models, Column]:
    if column.type in words.TYPES and not pen.may("cast", 3):
        near = [t for t in words.types(pen.engine, own="own types" in pen.kinds) if t != column.type]
        kind = pen.one([t for t in near if words.TYPES[t].family == words.TYPES[column.type].family])
        return models, replace(column, type=kind or column.type)
    if "cast" not in pen.kinds:
        return models, column
    models, kind = _type(pen, models)
    return models, replace(column, type=kind)


def _another_default(pen: Pen, models: Models, table: Table, column: Column) -> tuple[Models, Column]:
    if column.computed or column.counter:
        return models, column
    return models, replace(column, default=pen.one((None, *words.defaults(column, models, pen.engine))))


def _another_expression(pen: Pen, models: Models, table: Table, column: Column) -> tuple[Models, Column]:
    return models, replace(column, computed=None if pen.luck(4) else _computed(pen, column, table))


def _another_counter(pen: Pen, models: Models, table: Table, column: Column) -> tuple[Models, Column]:
    column_is_key = table.key == (column.name,)
    kinds = (None, "auto", "identity", "always") if pen.engine == PG else (None, "auto")
    return models, replace(column, counter=pen.one(kinds) if column_is_key else None)


def _other_nullability(pen: Pen, models: Models, table: Table, column: Column) -> tuple[Models, Column]:
    return models, replace(column, required=not column.required)


def _another_comment(pen: Pen, models: Models, table: Table, column: Column) -> tuple[Models, Column]:
    return models, replace(column, comment=pen.one((None, *words.COMMENTS)))


def change_labels(pen: Pen, models: Models) -> Models:
    """An enum with other labels, or the same in another order."""
    enum = pen.one(models.enums)
    if enum is None:
        return models
    free = [label for label in words.LABELS if label not in enum.labels]
    ways = [enum.labels[::-1], enum.labels[1:] or enum.labels]
    if free:
        added = pen.one(free)
        ways = [(*enum.labels, added), (added, *enum.labels), *ways]
    changed = replace(enum, labels=pen.one(ways))
    return replace(models, enums=tuple(changed if e is enum else e for e in models.enums))


EDITS = {
    "add table": add_table,
    "drop table": drop_table,
    "add column": add_column,
    "drop column": drop_column,
    "change type": _changing(_another_type),
    "change required": _changing(_other_nullability),
    "change default": _changing(_another_default),
    "change generated": _changing(_another_expression),
    "change counter": _changing(_another_counter),
    "change key": change_key,
    "change comment": _changing(_another_comment),
    "change table comment": comment_table,
    "change labels": change_labels,
}
