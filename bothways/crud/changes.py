"""Changes of rows as SQL: one statement an operation where the engine can answer with the row it wrote.

What has to look at a row before it changes it, because the request says which state of the row it is about, locks the
row and does both in one transaction. An engine that cannot answer with what it wrote is asked for it afterwards: what
it says is then the row as it is a moment later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import sqlalchemy as sa

from bothways.crud.defaults import default_of
from bothways.crud.deletion import standing
from bothways.crud.query import Row, at_key, key_values, of_owner, owner_values
from bothways.crud.references import References
from bothways.dialects.performing import BEGIN, Ask, Features, Work

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.crud.shapes import Shape
    from bothways.dialects.performing import Answer

Check: TypeAlias = Callable[[Row], None]
"""Raises PreconditionFailed where a row is not what a request thinks that it is."""
Values: TypeAlias = "Mapping[str, Any]"
_MOST_REPLACEMENTS: Final = 100
"""So many statements are kept, one for each set of fields that a request leaves out."""


@dataclass(slots=True)
class Place:
    """Which row of many is being written: where it fails, that is the one."""

    index: int = 0


class Changes:
    """The statements of one shape that change rows, and the operations that run them."""

    def __init__(self, shape: Shape, *, owned: bool = False) -> None:
        columns = [f.column for f in shape.readable]
        here, there = sa.and_(at_key(shape), *of_owner(shape, owned=owned)), standing(shape)
        self._more: dict[str, Any] = {}
        self._owned = Changes(shape, owned=True) if shape.owner is not None and not owned else self
        self._shape = shape
        self._references = References(shape)
        self._columns = columns
        self._select = sa.select(*columns).where(here, *there)
        self._select_any = sa.select(*columns).where(here)
        self._lock = self._select.with_for_update()
        self._lock_any = self._select_any.with_for_update()
        self._insert = sa.insert(shape.table)
        self._insert_returning = self._insert.returning(*columns)
        self._insert_many = self._insert.returning(*columns, sort_by_parameter_order=True)
        self._update = sa.update(shape.table).where(here, *there)
        self._update_returning = self._update.returning(*columns)
        self._delete = sa.delete(shape.table).where(here)
        gone = sa.update(shape.table).where(here, *standing(shape, "only"))
        self._restore = gone
        self._restore_returning = gone.returning(*columns)
        self._replacements: dict[tuple[str, ...], tuple[sa.Update, sa.Update]] = {}

    def of(self, owner: Any) -> Changes:
        """The same on rows of that owner only: a condition in each statement."""
        mine = copy(self._owned)
        mine._more = owner_values(owner)  # noqa: SLF001 - it is one of us
        return mine

    def create(self, features: Features, values: Values) -> Work[Row]:
        """Insert a row and return it as it is now."""
        try:
            if features.insert_returning:
                return (yield Ask(self._insert_returning, values)).rows[0]
            inserted = yield Ask(self._insert, values)
        except Exception as error:
            yield from self._references.of_values(error, values)
            raise
        return (yield Ask(self._select_any, self._at(inserted.key or ()))).rows[0]

    def create_many(self, features: Features, many: Sequence[Values]) -> Work[list[Row]]:
        """Insert all rows or none; those that follow each other with the same fields go in one statement."""
        yield BEGIN
        rows: list[Row] = []
        for _, alike in groupby(many, key=tuple):
            values = tuple(alike)
            if features.insert_returning and len(values) > 1:
                rows += (yield Ask(self._insert_many, many=values)).rows
            else:
                for one in values:
                    rows.append((yield from self.create(features, one)))
        return rows

    def create_each(self, features: Features, many: Sequence[Values], place: Place) -> Work[list[Row]]:
        """The same one by one, so that ``place`` tells which row is refused."""
        yield BEGIN
        rows: list[Row] = []
        for place.index, values in enumerate(many):
            rows.append((yield from self.create(features, values)))
        return rows

    def change(
        self, features: Features, key: Sequence[Any], values: Values, check: Check | None = None
    ) -> Work[Row | None]:
        """Set some values of the row of that key and return it as it is now, None where there is none."""
        if check is not None:
            yield BEGIN
            if not (yield from self._checked(self._lock, key, check)):
                return None
        if not values:
            return _first((yield Ask(self._select, self._at(key))))
        return (yield from self._updated(features, self._update, self._update_returning, key, values))

    def replace(
        self, features: Features, key: Sequence[Any], values: Values, check: Check | None = None
    ) -> Work[Row | None]:
        """Set every field that a client may change, those without a value to their defaults; None where no row is."""
        if check is not None:
            yield BEGIN
            if not (yield from self._checked(self._lock, key, check)):
                return None
        made, plain, returning = self._replacement(values)
        return (yield from self._updated(features, plain, returning, key, {**values, **made}))

    def remove(self, _features: Features, key: Sequence[Any], check: Check | None = None) -> Work[bool]:
        """Delete the row of that key, or say when it was deleted where the table keeps it; whether there was one."""
        if check is not None:
            yield BEGIN
            if not (yield from self._checked(self._lock, key, check)):
                return False
        if self._shape.soft_delete is None:
            return (yield from self._deleted(key))
        now = {self._shape.soft_delete.name: dt.datetime.now(dt.UTC)}
        return (yield Ask(self._update, {**now, **self._at(key)})).touched > 0

    def purge(self, _features: Features, key: Sequence[Any], check: Check | None = None) -> Work[bool]:
        """Really delete the row of that key, also one that was deleted before; whether there was one."""
        if check is not None:
            yield BEGIN
            if not (yield from self._checked(self._lock_any, key, check)):
                return False
        return (yield from self._deleted(key))

    def restore(self, features: Features, key: Sequence[Any], check: Check | None = None) -> Work[Row | None]:
        """Take a delete back; a row that is not deleted stays as it is. None where there is none at all."""
        assert self._shape.soft_delete is not None  # noqa: S101 - only such shapes offer it
        if check is not None:
            yield BEGIN
            if not (yield from self._checked(self._lock_any, key, check)):
                return None
        values = {self._shape.soft_delete.name: None}
        row = yield from self._updated(features, self._restore, self._restore_returning, key, values)
        return row if row is not None else _first((yield Ask(self._select, self._at(key))))

    def _at(self, key: Sequence[Any]) -> dict[str, Any]:
        return {**key_values(key), **self._more}

    def _checked(self, lock: sa.Select[Any], key: Sequence[Any], check: Check) -> Work[bool]:
        row = _first((yield Ask(lock, self._at(key))))
        if row is None:
            return False
        check(row)
        return True

    def _updated(
        self, features: Features, plain: sa.Update, returning: sa.Update, key: Sequence[Any], values: Values
    ) -> Work[Row | None]:
        parameters = {**values, **self._at(key)}
        try:
            if features.update_returning:
                return _first((yield Ask(returning, parameters)))
            if (yield Ask(plain, parameters)).touched == 0:
                return None
        except Exception as error:
            yield from self._references.of_values(error, values, at=key)
            raise
        return _first((yield Ask(self._select, self._at(key))))

    def _deleted(self, key: Sequence[Any]) -> Work[bool]:
        try:
            return (yield Ask(self._delete, self._at(key))).touched > 0
        except Exception as error:
            yield from self._references.of_row(error, key)
            raise

    def _replacement(self, values: Values) -> tuple[dict[str, Any], sa.Update, sa.Update]:
        """What Python makes for the fields that are left out, and the statements that set the others to theirs."""
        left_out = [f for f in self._shape.fields if f.changeable and f.name not in values]
        defaults = {f.name: default_of(f) for f in left_out}
        by_server = {name: made for name, made in defaults.items() if isinstance(made, sa.ClauseElement)}
        names = tuple(by_server)
        if names not in self._replacements:
            if len(self._replacements) >= _MOST_REPLACEMENTS:
                self._replacements.clear()
            plain = self._update.values(by_server) if by_server else self._update
            self._replacements[names] = (plain, plain.returning(*self._columns))
        made = {name: value for name, value in defaults.items() if name not in by_server}
        return made, *self._replacements[names]


def _first(answer: Answer) -> Row | None:
    return answer.rows[0] if answer.rows else None
