"""Operations on rows, written once and performed by any driver.

An operation is a generator. It yields what it asks of the database, an :class:`Ask` or :data:`BEGIN`, is sent the
:class:`Answer`, and returns its result; it knows nothing of threads, event loops and drivers. What it asks is committed
statement by statement, unless it begins a transaction: then all of it, at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, TypeVar

import sqlalchemy as sa

T = TypeVar("T")
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Ask(NamedTuple):
    """A statement and its values by name.

    A statement is compiled when it is first asked, so keep it and ask the same object again. Values of an insert or
    update that are no parameters of the statement are columns. ``many`` are the rows of one insert, all of the same
    columns, in the order of the answer's.
    """

    statement: sa.sql.expression.Executable
    values: Mapping[str, Any] = _NOTHING
    many: Sequence[Mapping[str, Any]] = ()


class Begin:
    """What :data:`BEGIN` is."""


BEGIN: Final = Begin()
"""Yielded, everything after it is one transaction, committed when the operation returns."""


class Answer(NamedTuple):
    """The rows, how many were returned or touched, and the key of an inserted row where no rows are returned."""

    rows: Sequence[Sequence[Any]] = ()
    touched: int = 0
    key: Sequence[Any] | None = None


RowAsJson: TypeAlias = Callable[[Sequence[tuple[str, sa.Column[Any]]]], sa.ColumnElement[str] | None]


@dataclass(frozen=True, slots=True)
class Features:
    """What an engine can do in one statement."""

    insert_returning: bool
    update_returning: bool
    delete_returning: bool
    begin: str = "BEGIN"
    """What begins a transaction that is going to write."""
    row_as_json: RowAsJson | None = None
    """Where the engine writes rows as JSON itself: how it writes columns under some names, None where it cannot."""


Work: TypeAlias = Generator[Ask | Begin, Answer, T]
Operation: TypeAlias = Callable[[Features], Work[T]]
Ended: TypeAlias = Callable[[BaseException | None], None]
Heard: TypeAlias = Callable[[Ask], Ended]
"""Told what is asked; what it returns is called with the failure, or None, when that has ended."""


class Session(Protocol):
    """An asynchronous driver's connection, which commits each statement by itself."""

    async def answer(self, ask: Ask) -> Answer:
        """Run a statement."""
        ...

    async def run(self, command: str) -> None:
        """Run one of BEGIN and COMMIT."""
        ...


def features_of(dialect: sa.Dialect) -> Features:
    """What SQLAlchemy says; of MySQL and MariaDB only after it has connected."""
    can = (dialect.insert_returning, dialect.update_returning, dialect.delete_returning)
    # A transaction of SQLite's that reads first and then wants to write may be refused without any waiting.
    return Features(*can, begin="BEGIN IMMEDIATE") if dialect.name == "sqlite" else Features(*can)


def unheard(_ask: Ask) -> Ended:
    """Nobody wants to know."""
    return _nothing


def _nothing(_failure: BaseException | None) -> None: ...


def perform(connection: sa.Connection, operation: Operation[T], heard: Heard = unheard) -> T:
    """Perform an operation on a connection in autocommit; ``heard`` is told of each of its statements."""
    features = features_of(connection.dialect)
    work, began = operation(features), False
    answer = Answer()
    try:
        try:
            asked = next(work)
            while True:
                if isinstance(asked, Ask):
                    ended = heard(asked)
                    try:
                        answer = _answered(connection, asked)
                    except BaseException as error:
                        ended(error)
                        if not isinstance(error, Exception):
                            raise
                        asked = work.throw(error)  # the operation may know what to do about it
                        continue
                    ended(None)
                elif not began:
                    connection.exec_driver_sql(features.begin)
                    began = True
                asked = work.send(answer)
        except StopIteration as done:
            result: T = done.value
        if began:
            connection.exec_driver_sql("COMMIT")
    except BaseException:
        if began:
            _roll_back(connection)
        raise
    return result


async def perform_async(session: Session, features: Features, operation: Operation[T], heard: Heard = unheard) -> T:
    """Perform an operation by an asynchronous driver, like :func:`perform` but for its awaits.

    Where it raises, a transaction may be open: whether the session is worth a ROLLBACK is for its owner to say.
    """
    work, began = operation(features), False
    answer = Answer()
    try:
        asked = next(work)
        while True:
            if isinstance(asked, Ask):
                ended = heard(asked)
                try:
                    answer = await session.answer(asked)
                except BaseException as error:
                    ended(error)
                    if not isinstance(error, Exception):
                        raise
                    asked = work.throw(error)  # the operation may know what to do about it
                    continue
                ended(None)
            elif not began:
                await session.run(features.begin)
                began = True
            asked = work.send(answer)
    except StopIteration as done:
        result: T = done.value
    if began:
        await session.run("COMMIT")
    return result


def _answered(connection: sa.Connection, ask: Ask) -> Answer:
    given: Any = [dict(values) for values in ask.many] if ask.many else dict(ask.values)
    result = connection.execute(ask.statement, given)
    if result.returns_rows:
        rows = result.all()
        return Answer(rows, len(rows))
    key = result.inserted_primary_key if result.is_insert else None
    return Answer((), result.rowcount, key)


def _roll_back(connection: sa.Connection) -> None:
    if connection.invalidated:
        return
    try:
        connection.exec_driver_sql("ROLLBACK")
    except sa.exc.DBAPIError:
        # It must not go back to the pool with an open transaction.
        connection.invalidate()
