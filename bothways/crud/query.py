"""A request on rows as SQL: one statement an operation where the engine can answer with the row it wrote.

The statements of a shape are built once and compiled once an engine. An operation is a generator that asks them
(:mod:`bothways.dialects.performing`); what needs two statements begins a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa

from bothways.dialects.performing import BEGIN, Ask, Features, Work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.crud.shapes import Shape
    from bothways.dialects.performing import Answer

Row: TypeAlias = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition of a list: a field equals a value, or is null where the value is None."""

    name: str
    value: Any


class Queries:
    """The statements of one shape, and the operations that run them."""

    def __init__(self, shape: Shape, *, owned: bool = False) -> None:
        columns = [f.column for f in shape.readable]
        mine = [shape.table.c[shape.owner] == sa.bindparam(_OWNER)] if owned and shape.owner is not None else []
        here = sa.and_(*(key.column == sa.bindparam(_key(i)) for i, key in enumerate(shape.keys)), *mine)
        self._shape = shape
        self.more: dict[str, Any] = {}
        self._owned = Queries(shape, owned=True) if shape.owner is not None and not owned else self
        self._select = sa.select(*columns).where(here)
        self._insert = sa.insert(shape.table)
        self._insert_returning = self._insert.returning(*columns)
        self._update = sa.update(shape.table).where(here)
        self._update_returning = self._update.returning(*columns)
        self._delete = sa.delete(shape.table).where(here)
        self._first_page = sa.select(*columns).order_by(*(k.column for k in shape.keys)).limit(sa.bindparam(_LIMIT))
        self._first_page = self._first_page.where(*mine) if mine else self._first_page
        self._next_page = self._first_page.where(_beyond(shape))

    def of(self, owner: Any) -> Queries:
        """The same on rows of that owner only: a condition in each statement."""
        mine = copy(self._owned)
        mine.more = {_OWNER: owner}
        return mine

    def get(self, _features: Features, key: Sequence[Any]) -> Work[Row | None]:
        """The row of that key, None where there is none."""
        return _first((yield Ask(self._select, self._values(key))))

    def page(
        self, _features: Features, filters: Sequence[Filter], after: Sequence[Any] | None, limit: int
    ) -> Work[Sequence[Row]]:
        """Up to ``limit`` rows in the order of their keys, those after the key ``after`` where one is given."""
        statement = self._first_page if after is None else self._next_page
        if filters:
            statement = statement.where(*(self._condition(f) for f in filters))
        return (yield Ask(statement, {_LIMIT: limit, **self._values(after or ())})).rows

    def create(self, features: Features, values: Mapping[str, Any]) -> Work[Row]:
        """Insert a row and return it as it is now."""
        if features.insert_returning:
            return (yield Ask(self._insert_returning, values)).rows[0]
        yield BEGIN
        inserted = yield Ask(self._insert, values)
        return (yield Ask(self._select, self._values(inserted.key or ()))).rows[0]

    def change(self, features: Features, key: Sequence[Any], values: Mapping[str, Any]) -> Work[Row | None]:
        """Set some values of the row of that key and return it as it is now, None where there is none."""
        if not values:
            return _first((yield Ask(self._select, self._values(key))))
        parameters = {**values, **self._values(key)}
        if features.update_returning:
            return _first((yield Ask(self._update_returning, parameters)))
        yield BEGIN
        if (yield Ask(self._update, parameters)).touched == 0:
            return None
        return _first((yield Ask(self._select, self._values(key))))

    def remove(self, _features: Features, key: Sequence[Any]) -> Work[bool]:
        """Delete the row of that key; whether there was one."""
        return (yield Ask(self._delete, self._values(key))).touched > 0

    def _values(self, key: Sequence[Any]) -> dict[str, Any]:
        return {**{_key(i): value for i, value in enumerate(key)}, **self.more}

    def _condition(self, condition: Filter) -> sa.ColumnElement[bool]:
        column = self._shape.table.c[condition.name]
        return column.is_(None) if condition.value is None else column == condition.value


def _first(answer: Answer) -> Row | None:
    return answer.rows[0] if answer.rows else None


# Names of parameters that no column has.
_LIMIT = "bothways limit"
_OWNER = "bothways owner"


def _key(position: int) -> str:
    return f"bothways key {position}"


def _beyond(shape: Shape) -> sa.ColumnElement[bool]:
    """The rows after a key: ``a > :a OR (a = :a AND b > :b)``, which every engine answers from its primary index."""
    columns = [key.column for key in shape.keys]
    steps = [
        sa.and_(*(columns[j] == sa.bindparam(_key(j)) for j in range(i)), column > sa.bindparam(_key(i)))
        for i, column in enumerate(columns)
    ]
    return sa.or_(*steps)
