"""A request on rows as SQL: one statement an operation where the engine can answer with the row it wrote.

The statements of a shape are built once; SQLAlchemy compiles each once an engine. The functions are sync, on a
``Connection`` that commits each statement by itself; what needs two statements opens a transaction.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bothways.crud.shapes import Shape

Row = sa.Row[Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition of a list: a field equals a value, or is null where the value is None."""

    name: str
    value: Any


class Queries:
    """The statements of one shape, and the operations that run them."""

    def __init__(self, shape: Shape) -> None:
        columns = [f.column for f in shape.readable]
        here = sa.and_(*(key.column == sa.bindparam(_key(i)) for i, key in enumerate(shape.keys)))
        self._shape = shape
        self._select = sa.select(*columns).where(here)
        self._insert = sa.insert(shape.table)
        self._insert_returning = self._insert.returning(*columns)
        self._update = sa.update(shape.table).where(here)
        self._update_returning = self._update.returning(*columns)
        self._delete = sa.delete(shape.table).where(here)
        self._first_page = sa.select(*columns).order_by(*(k.column for k in shape.keys)).limit(sa.bindparam(_LIMIT))
        self._next_page = self._first_page.where(_beyond(shape))

    def get(self, connection: sa.Connection, key: Sequence[Any]) -> Row | None:
        """The row of that key, None where there is none."""
        return connection.execute(self._select, _key_values(key)).first()

    def page(
        self, connection: sa.Connection, filters: Sequence[Filter], after: Sequence[Any] | None, limit: int
    ) -> Sequence[Row]:
        """Up to ``limit`` rows in the order of their keys, those after the key ``after`` where one is given."""
        statement = self._first_page if after is None else self._next_page
        if filters:
            statement = statement.where(*(self._condition(f) for f in filters))
        return connection.execute(statement, {_LIMIT: limit, **_key_values(after or ())}).all()

    def create(self, connection: sa.Connection, values: Mapping[str, Any]) -> Row:
        """Insert a row and return it as it is now."""
        if connection.dialect.insert_returning:
            return connection.execute(self._insert_returning, dict(values)).one()
        with transaction(connection):
            key = connection.execute(self._insert, dict(values)).inserted_primary_key
            return connection.execute(self._select, _key_values(key or ())).one()

    def change(self, connection: sa.Connection, key: Sequence[Any], values: Mapping[str, Any]) -> Row | None:
        """Set some values of the row of that key and return it as it is now, None where there is none."""
        if not values:
            return self.get(connection, key)
        parameters = {**values, **_key_values(key)}
        if connection.dialect.update_returning:
            return connection.execute(self._update_returning, parameters).first()
        with transaction(connection):
            if connection.execute(self._update, parameters).rowcount == 0:
                return None
            return connection.execute(self._select, _key_values(key)).first()

    def remove(self, connection: sa.Connection, key: Sequence[Any]) -> bool:
        """Delete the row of that key; whether there was one."""
        return connection.execute(self._delete, _key_values(key)).rowcount > 0

    def _condition(self, condition: Filter) -> sa.ColumnElement[bool]:
        column = self._shape.table.c[condition.name]
        return column.is_(None) if condition.value is None else column == condition.value


@contextmanager
def transaction(connection: sa.Connection) -> Iterator[None]:
    """A transaction on a connection that otherwise commits each statement by itself."""
    connection.exec_driver_sql("BEGIN")
    try:
        yield
    except BaseException:
        _roll_back(connection)
        raise
    connection.exec_driver_sql("COMMIT")


def _roll_back(connection: sa.Connection) -> None:
    if connection.invalidated:
        return
    try:
        connection.exec_driver_sql("ROLLBACK")
    except sa.exc.DBAPIError:
        # It must not go back to the pool with an open transaction.
        connection.invalidate()


# Names of parameters that no column has.
_LIMIT = "bothways limit"


def _key(position: int) -> str:
    return f"bothways key {position}"


def _key_values(key: Sequence[Any]) -> dict[str, Any]:
    return {_key(i): value for i, value in enumerate(key)}


def _beyond(shape: Shape) -> sa.ColumnElement[bool]:
    """The rows after a key: ``a > :a OR (a = :a AND b > :b)``, which every engine answers from its primary index."""
    columns = [key.column for key in shape.keys]
    steps = [
        sa.and_(*(columns[j] == sa.bindparam(_key(j)) for j in range(i)), column > sa.bindparam(_key(i)))
        for i, column in enumerate(columns)
    ]
    return sa.or_(*steps)
