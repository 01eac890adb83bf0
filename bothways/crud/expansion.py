"""Related rows inside rows: a relation for each foreign key and for each one that points here, from the metadata.

To the row that a foreign key points at leads its column's name without ``_id`` (``category_id``: ``category``), or that
row's table where the key has several columns. To the rows that point here leads their table's name, with ``_by_`` and
the column where several keys could be meant. Tables that the API leaves out, and keys whose columns may not be read,
make no relation.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bothways.crud.deletion import standing
from bothways.crud.query import of_owner, owner_of
from bothways.crud.shapes import RowWriter, Shape, writer_of
from bothways.dialects.performing import Ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bothways.dialects.performing import Work

MOST: Final = 20
"""Rows that are embedded in one row at most, those with the smallest keys; ``more`` says that there are others."""
_AT_ONCE: Final = 1_024
"""Rows whose relations one statement finds."""


@dataclass(frozen=True)
class Relation:
    """The way from a row to related ones: its columns ``here``, those ``there``, and whether there may be many."""

    name: str
    target: Shape
    here: tuple[str, ...]
    there: tuple[str, ...]
    many: bool
    _built: dict[tuple[int, bool], sa.Select[Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def embed(self, documents: Sequence[dict[str, Any]], whose: str | None = None) -> Work[None]:
        """Put the related rows into documents, by one statement; of a table that has owners only those of ``whose``."""
        mine = owner_of(self.target, whose)
        wanted = list(dict.fromkeys(key for key in map(self._key_here, documents) if None not in key))
        found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            width = 1 << (len(part) - 1).bit_length()
            keys = [part[min(i, len(part) - 1)] for i in range(width)]
            values = {_name(i, j): value for i, key in enumerate(keys) for j, value in enumerate(key)} | mine
            for row in (yield Ask(self._statement(width, owned=bool(mine)), values)).rows:
                document = self._writer.document(row[: len(self._writer.names)])
                found.setdefault(_comparable(row[len(self._writer.names) :]), []).append(document)
        for document in documents:
            related = found.get(_comparable(self._key_here(document)), [])
            if self.many:
                document[self.name] = {"items": related[:MOST], "more": len(related) > MOST}
            else:
                document[self.name] = related[0] if related else None

    @cached_property
    def _writer(self) -> RowWriter:
        return writer_of(self.target.readable)

    def _key_here(self, document: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(document[name] for name in self.here)

    def _statement(self, width: int, *, owned: bool) -> sa.Select[Any]:
        known = self._built.get((width, owned))
        if known is None:
            wanted = [self._wanted(width), *of_owner(self.target, owned=owned)]
            if self.many:
                # A row that refers to a deleted one goes on showing it; among many they are left out, as in a list.
                wanted += standing(self.target)
            known = self._built[width, owned] = self._many(wanted) if self.many else self._one(wanted)
        return known

    def _one(self, wanted: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
        columns = [f.column for f in self.target.readable]
        keys = [c.label(_label(i)) for i, c in enumerate(self._there())]
        return sa.select(*columns, *keys).where(*wanted)

    def _many(self, wanted: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
        """The first rows of each: numbered by their keys within those that point at the same row."""
        order = [key.column for key in self.target.keys]
        number = sa.func.row_number().over(partition_by=self._there(), order_by=order).label("bothways number")
        keys = [c.label(_label(i)) for i, c in enumerate(self._there())]
        columns = [f.column for f in self.target.readable]
        numbered = sa.select(*columns, *keys, number).where(*wanted).subquery("numbered")
        *shown, rank = numbered.c
        return sa.select(*shown).where(rank <= MOST + 1).order_by(rank)

    def _wanted(self, width: int) -> sa.ColumnElement[bool]:
        columns = self._there()
        rows = [
            [sa.bindparam(_name(i, j), type_=column.type) for j, column in enumerate(columns)] for i in range(width)
        ]
        if len(columns) == 1:
            return columns[0].in_([bind for (bind,) in rows])
        pairs = (sa.and_(*(c == bind for c, bind in zip(columns, row, strict=True))) for row in rows)
        return sa.or_(*pairs)

    def _there(self) -> list[sa.Column[Any]]:
        return [self.target.table.c[name] for name in self.there]


def relations_of(shapes: Mapping[str, Shape]) -> dict[str, dict[str, Relation]]:
    """The relations of each table, by its name and theirs."""
    found: dict[str, dict[str, Relation]] = {name: {} for name in shapes}
    keys = [
        (shape, constraint)
        for shape in shapes.values()
        for constraint in _foreign_keys(shape)
        if _leads(shape, constraint, shapes)
    ]
    for shape, constraint in keys:
        parent = shapes[constraint.referred_table.name]
        here, there = _columns(constraint)
        _add(found[shape.name], shape, Relation(_to_one(shape, constraint, keys), parent, here, there, many=False))
    several = Counter((shape.name, constraint.referred_table.name) for shape, constraint in keys)
    for shape, constraint in keys:
        parent = shapes[constraint.referred_table.name]
        there, here = _columns(constraint)
        plain = several[shape.name, parent.name] == 1 and not _taken(found[parent.name], parent, shape.name)
        name = shape.name if plain else f"{shape.name}_by_{'_'.join(map(_stem, there))}"
        _add(found[parent.name], parent, Relation(name, shape, here, there, many=True))
    return found


def _foreign_keys(shape: Shape) -> Iterator[sa.ForeignKeyConstraint]:
    yield from sorted(shape.table.foreign_key_constraints, key=lambda c: [column.name for column in c.columns])


def _leads(shape: Shape, constraint: sa.ForeignKeyConstraint, shapes: Mapping[str, Shape]) -> bool:
    parent = shapes.get(constraint.referred_table.name)
    if parent is None or parent.table is not constraint.referred_table:
        return False
    here, there = _columns(constraint)
    ends = [*(shape.by_name.get(name) for name in here), *(parent.by_name.get(name) for name in there)]
    return all(end is not None and end.readable and end.kind.comparable for end in ends)


def _columns(constraint: sa.ForeignKeyConstraint) -> tuple[tuple[str, ...], tuple[str, ...]]:
    elements = constraint.elements
    return tuple(e.parent.name for e in elements), tuple(e.column.name for e in elements)


def _to_one(shape: Shape, constraint: sa.ForeignKeyConstraint, keys: Sequence[Any]) -> str:
    names = [column.name for column in constraint.columns]
    if len(names) == 1 and _stem(names[0]) != names[0] and _stem(names[0]) not in shape.by_name:
        return _stem(names[0])
    parent = str(constraint.referred_table.name)
    alike = [c for s, c in keys if s is shape and c.referred_table.name == parent]
    free = len(alike) == 1 and parent not in shape.by_name
    return parent if free else f"{parent}_by_{'_'.join(map(_stem, names))}"


def _stem(name: str) -> str:
    return name.removesuffix("_id") or name


def _taken(found: Mapping[str, Relation], shape: Shape, name: str) -> bool:
    return name in found or name in shape.by_name


def _add(found: dict[str, Relation], shape: Shape, relation: Relation) -> None:
    """A name that a field has already leads nowhere."""
    if not _taken(found, shape, relation.name):
        found[relation.name] = relation


def _comparable(key: Sequence[Any]) -> tuple[Any, ...]:
    """A key as both ends have it: engines without a type of its own show some values as texts."""
    return tuple(format(part, "f") if isinstance(part, Decimal) else str(part) for part in key)


def _label(position: int) -> str:
    return f"bothways key {position}"


def _name(row: int, part: int) -> str:
    return f"bothways key {row} {part}"
