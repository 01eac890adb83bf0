"""asyncpg without SQLAlchemy's adapter, for the service: SQLAlchemy writes a statement once, asyncpg runs it.

The adapter's cursor, its greenlet and SQLAlchemy's result cost several times what asyncpg itself takes for a row by its
key. Here a statement is compiled when it is first asked, with the processors of its parameters and of its columns; then
a request is a dictionary's look-up and asyncpg's ``fetch``, which prepares a statement once a connection and, outside a
transaction, prepares it anew where a migration has changed what it was prepared for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import asyncpg
import sqlalchemy as sa
from pydantic_core import from_json

from bothways.dialects.performing import Answer, Ask, Features, perform_async, unheard
from bothways.dialects.postgresql_json import row_as_json, shown_as_stored
from bothways.dialects.sessions import Limits, engine_arguments
from bothways.errors import BothwaysError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.engine.interfaces import Dialect

    from bothways.dialects.performing import Heard, Operation
    from bothways.urls import DatabaseURL

T = TypeVar("T")
_MOST_STATEMENTS: Final = 2_000
"""So many compiled statements are kept; the shapes of requests are far fewer, whatever clients send."""
_PREPARED: Final = 500
_TEXTS: Final[dict[str, Callable[[str], Any]]] = {"json": from_json, "jsonb": from_json, "uuid": str}
"""Types that travel as text, and how it is read; JSON is written by SQLAlchemy's processors.

A UUID stays text, which is what becomes of it in JSON: an object of its own costs ten times as much to make and show.
"""


@dataclass(slots=True)
class _Parameter:
    name: str
    process: Callable[[Any], Any] | None
    default: Callable[[], Any] | None
    """Makes the value where a request has none: a column's default, or the statement's own literal."""


@dataclass(slots=True)
class _Statement:
    """A statement as asyncpg takes it. ``shown`` are the processors of its columns; None until it ran once."""

    text: str
    parameters: tuple[_Parameter, ...]
    returns: tuple[Any, ...]
    """The types of its columns; none where it returns no rows."""
    shown: tuple[Callable[[Any], Any] | None, ...] | None = None
    plain: bool = False
    """No column needs a processor."""


class Statements:
    """Statements compiled for one dialect, by identity and by the columns that an insert or update sets."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect: Any = dialect
        self._known: dict[tuple[Any, ...], _Statement] = {}

    def of(self, ask: Ask) -> _Statement:
        """The compiled statement of what is asked."""
        columns = ask.many[0] if ask.many else ask.values
        key = (ask.statement, *columns)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_STATEMENTS:
                self._known.pop(next(iter(self._known)))
            found = self._known[key] = self._compiled(ask.statement, list(columns))
        return found

    def processors(self, types: Sequence[Any], oids: Sequence[int]) -> tuple[Callable[[Any], Any] | None, ...]:
        """What SQLAlchemy does to the values of columns of those types; an enum's labels stay labels."""
        return tuple(self._processor(type_, oid) for type_, oid in zip(types, oids, strict=True))

    def _processor(self, type_: Any, oid: int | None) -> Callable[[Any], Any] | None:
        if isinstance(type_, sa.Enum | sa.Uuid):
            return None
        impl = type_.dialect_impl(self._dialect)
        plain = impl
        if isinstance(impl, sa.types.TypeDecorator):
            if shown_as_stored(impl, self._dialect):
                return self._processor(impl.impl_instance, oid)
            if not impl._has_result_processor:  # noqa: SLF001 - no other way
                plain = impl.impl_instance
        # The driver gives lists already, which SQLAlchemy would only copy member by member.
        is_list = isinstance(plain, sa.ARRAY) and not plain.as_tuple
        if is_list and self._processor(plain.item_type, oid) is None and not isinstance(plain.item_type, sa.Uuid):
            return None
        found: Callable[[Any], Any] | None = impl.result_processor(self._dialect, oid)
        return found

    def _compiled(self, statement: Any, columns: list[str]) -> _Statement:
        compiled: Any = statement.compile(dialect=self._dialect, column_keys=columns)
        made = {column.key: column.default for column in compiled.insert_prefetch}
        made |= {column.key: column.onupdate for column in compiled.update_prefetch}
        # What exported_columns says of a changed statement was remembered from the one that it was made of.
        returned = statement.exported_columns if statement.is_select else getattr(statement, "_returning", ())
        return _Statement(
            str(compiled),
            tuple(self._parameter(compiled.binds[name], name, made) for name in compiled.positiontup or ()),
            tuple(column.type for column in returned),
        )

    def _parameter(self, bind: Any, name: str, made: dict[str, Any]) -> _Parameter:
        process = bind.type.dialect_impl(self._dialect).bind_processor(self._dialect)
        if name in made:
            return _Parameter(name, process, _maker(made[name]))
        if bind.required:
            return _Parameter(name, process, None)
        return _Parameter(name, process, lambda: bind.effective_value)


def _maker(default: Any) -> Callable[[], Any]:
    if default.is_callable:
        return lambda: default.arg(None)
    return lambda: default.arg


class DirectSession:
    """One connection of asyncpg's, which commits each statement by itself."""

    __slots__ = ("_statements", "connection", "idle_since", "made")

    def __init__(self, connection: Any, statements: Statements) -> None:
        self.connection = connection
        self._statements = statements
        self.made = self.idle_since = time.monotonic()

    async def answer(self, ask: Ask) -> Answer:
        """Run a statement; raises asyncpg's own exceptions."""
        statement = self._statements.of(ask)
        if ask.many:
            return await self._answer_many(statement, ask.many)
        arguments = _arguments(statement, ask.values)
        if not statement.returns:
            status: str = await self.connection.execute(statement.text, *arguments)
            return Answer((), int(status.rpartition(" ")[2] or 0))
        if statement.shown is None:
            rows = await self._first(statement, arguments)
        else:
            rows = await self.connection.fetch(statement.text, *arguments)
        return _told(statement, rows)

    async def _answer_many(self, statement: _Statement, many: Sequence[Mapping[str, Any]]) -> Answer:
        """Run a statement once for each row, all of them sent at once."""
        arguments = [_arguments(statement, values) for values in many]
        if statement.shown is not None:
            return _told(statement, await self.connection.fetchmany(statement.text, arguments))
        prepared = await self.connection.prepare(statement.text)
        rows = await prepared.fetchmany(arguments)
        self._learn(statement, prepared)
        return _told(statement, rows)

    async def run(self, command: str) -> None:
        """Run one of BEGIN, COMMIT and ROLLBACK."""
        await self.connection.execute(command)

    async def _first(self, statement: _Statement, arguments: list[Any]) -> Any:
        """Find how the columns are shown, which depends on the types that the server gives them.

        What is prepared must be run as well: until then asyncpg leaves PostgreSQL in the middle of a message.
        """
        prepared = await self.connection.prepare(statement.text)
        rows = await prepared.fetch(*arguments)
        self._learn(statement, prepared)
        return rows

    def _learn(self, statement: _Statement, prepared: Any) -> None:
        if statement.shown is None:
            shown = self._statements.processors(statement.returns, [a.type.oid for a in prepared.get_attributes()])
            statement.plain = not any(shown)
            statement.shown = shown


def _arguments(statement: _Statement, values: Mapping[str, Any]) -> list[Any]:
    arguments = []
    for parameter in statement.parameters:
        name = parameter.name
        value = values[name] if name in values else parameter.default and parameter.default()
        arguments.append(value if parameter.process is None else parameter.process(value))
    return arguments


def _told(statement: _Statement, rows: Sequence[Any]) -> Answer:
    """The rows as the columns' types show them."""
    if statement.plain or not rows:
        return Answer(rows, len(rows))
    shown = [(i, show) for i, show in enumerate(statement.shown or ()) if show is not None]
    told = [list(row) for row in rows]
    for row in told:
        for i, show in shown:
            row[i] = show(row[i])
    return Answer(told, len(told))


@dataclass(slots=True)
class Direct:
    """The connections of one database. Whoever asks stands before a gate as wide as they may be many."""

    url: DatabaseURL
    limits: Limits
    dialect: Dialect = field(repr=False)
    """SQLAlchemy's, by which statements are compiled."""
    _statements: Statements = field(init=False, repr=False)
    _features: Features = field(init=False, repr=False)
    _idle: list[DirectSession] = field(init=False, default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self._statements = Statements(self.dialect)
        self._features = Features(
            insert_returning=True,
            update_returning=True,
            delete_returning=True,
            row_as_json=partial(row_as_json, dialect=self.dialect),
        )

    async def perform(self, operation: Operation[T], heard: Heard = unheard) -> T:
        """Perform an operation; ``heard`` is told of its statements.

        A connection whose state nobody knows is not used again.
        """
        session = self._at_hand() or await self._taken()
        try:
            result = await perform_async(session, self._features, operation, heard)
        except (asyncpg.PostgresError, BothwaysError):
            await self._rolled_back(session)
            self._given_back(session)
            raise
        except BaseException:
            session.connection.terminate()
            raise
        self._given_back(session)
        return result

    async def close(self) -> None:
        """Close every connection."""
        while self._idle:
            await self._idle.pop().connection.close(timeout=self.limits.connect)

    def _at_hand(self) -> DirectSession | None:
        """A session that needs no look, which under load is every one."""
        if self._idle and self._state(self._idle[-1]) == "good":
            return self._idle.pop()
        return None

    async def _taken(self) -> DirectSession:
        while self._idle:
            session = self._idle.pop()
            if await self._is_good(session):
                return session
            session.connection.terminate()
        return DirectSession(await self._connected(), self._statements)

    def _state(self, session: DirectSession) -> Literal["good", "unknown", "gone"]:
        now, after = time.monotonic(), self.limits.ping_after
        if session.connection.is_closed() or now - session.made > self.limits.recycle:
            return "gone"
        return "good" if after is None or now - session.idle_since < after else "unknown"

    async def _is_good(self, session: DirectSession) -> bool:
        if (state := self._state(session)) != "unknown":
            return state == "good"
        try:
            await session.connection.fetchval("select 1")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return False
        return True

    async def _rolled_back(self, session: DirectSession) -> None:
        if session.connection.is_closed() or not session.connection.is_in_transaction():
            return
        try:
            await session.run("ROLLBACK")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            session.connection.terminate()
        except BaseException:
            session.connection.terminate()
            raise

    def _given_back(self, session: DirectSession) -> None:
        if session.connection.is_closed():
            return
        if session.connection.is_in_transaction() or len(self._idle) >= self.limits.size:
            session.connection.terminate()
            return
        session.idle_since = time.monotonic()
        self._idle.append(session)

    async def _connected(self) -> Any:
        _, address = self.dialect.create_connect_args(self.url.to_sqlalchemy())
        arguments = {**address, **engine_arguments(self.url, self.limits)["connect_args"]}
        for ours in ("prepared_statement_cache_size", "prepared_statement_name_func"):
            arguments.pop(ours, None)
        arguments["statement_cache_size"] = _PREPARED
        connection = await asyncpg.connect(**arguments)
        for name, read in _TEXTS.items():
            await connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=read, format="text")
        return connection
