"""Fewer round trips on asyncpg for the scratch databases of a proof.

SQLAlchemy's adapter prepares, runs and closes each statement, three round trips. A DDL or DML statement without
parameters needs none of that: it goes by the simple query protocol, through SQLAlchemy's ``do_execute`` events. A
:class:`Batch` goes further: the DDL of one revision, of which nobody wants a result, is sent at once, in one implicit
transaction. The adapter's attributes are not public, so where one is missing everything goes its usual way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

_PLAIN = re.compile(
    r"\s*(?:create|alter|drop|comment|update|delete|insert)\b(?!.*\breturning\b)[^;]*;?\s*\Z", re.I | re.S
)
_COUNT = re.compile(r"(?:UPDATE|DELETE|INSERT \d+) (\d+)\Z")
_NEEDED = ("_transaction", "_connection", "_start_transaction", "_handle_exception", "_execute_mutex")


_DDL = re.compile(r"\s*(?:create|alter|drop|comment)\b(?!.*\bconcurrently\b)", re.I | re.S)
_BATCH = "bothways_batch"


class Batch:
    """The DDL of one step, kept back until something needs its result or the step ends."""

    def __init__(self) -> None:
        self.open = False
        self._adapter: Any = None
        self._statements: list[str] = []

    def begin(self, connection: sa.Connection) -> bool:
        """Keep DDL back from now on; False where a transaction has begun already."""
        self._adapter = _adapter(connection)
        self._statements = []
        self.open = self._adapter is not None and self._adapter._transaction is None  # noqa: SLF001
        return self.open

    def keeps(self, statement: str) -> bool:
        """Whether the statement is kept back; else what was kept is sent, and nothing is kept any more."""
        if not self.open:
            return False
        if _DDL.match(statement) and _PLAIN.match(statement):
            self._statements.append(statement)
            return True
        self.give_up()
        return False

    def give_up(self) -> None:
        """Send what was kept in a transaction of the usual kind, and keep nothing any more."""
        from sqlalchemy.util import await_only

        self.open = False
        if self._statements:
            await_only(_send(None, self._adapter, _joined(self._statements)))

    def end(self, last: str) -> int:
        """Send everything with one more statement, all in one; how many rows that one touched."""
        from sqlalchemy.util import await_only

        self.open = False
        status = await_only(self._adapter._connection.execute(_joined([*self._statements, last])))  # noqa: SLF001
        count = _COUNT.match(status or "")
        return int(count[1]) if count else -1

    def drop(self) -> None:
        """Forget what was kept."""
        self.open, self._statements = False, []


def batch_of(connection: sa.Connection) -> Batch | None:
    """The connection's batch; None where it has none."""
    found: Batch | None = connection.info.get(_BATCH)
    return found


def _joined(statements: list[str]) -> str:
    return ";\n".join(s.rstrip().rstrip(";") for s in statements)


def _adapter(connection: sa.Connection) -> Any:
    adapter = connection.connection.dbapi_connection
    return adapter if all(hasattr(adapter, name) for name in _NEEDED) else None


def install(engine: sa.Engine) -> None:
    """Attach to an engine of asyncpg."""
    from sqlalchemy import event

    batch = Batch()  # of the one connection that a proof has at a time

    def execute(cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
        return _execute(batch, cursor, statement, parameters)

    event.listen(engine, "connect", lambda _connection, record: record.info.update({_BATCH: batch}))
    event.listen(engine, "do_execute", execute)
    event.listen(engine, "do_executemany", execute)
    event.listen(engine, "do_execute_no_params", lambda cursor, statement, _: execute(cursor, statement, (), None))


def prepared(connection: sa.Connection, statement: str) -> Callable[..., list[Any]] | None:
    """A statement prepared once and run in one round trip, in whatever transaction is open; None on another driver."""
    from sqlalchemy.util import await_only

    driver: Any = connection.connection.driver_connection
    if not hasattr(driver, "prepare") or not hasattr(driver, "reload_schema_state"):
        return None
    ready = await_only(driver.prepare(statement))
    return lambda *values: await_only(ready.fetch(*values))


def _execute(batch: Batch, cursor: Any, statement: str, parameters: Any) -> bool:
    from sqlalchemy.util import await_only

    adapter = getattr(cursor, "_adapt_connection", None)
    known = hasattr(type(cursor), "_description") and all(hasattr(adapter, name) for name in _NEEDED)
    if batch.open:
        if parameters or not known:
            batch.give_up()
        elif batch.keeps(statement):
            _say(cursor, "")
            return True
    # A semicolon could part several statements, which asyncpg refuses elsewhere and so it must here.
    if parameters or not known or not _PLAIN.match(statement):
        return False
    await_only(_send(cursor, adapter, statement))
    return True


async def _send(cursor: Any, adapter: Any, statement: str) -> None:
    async with adapter._execute_mutex:  # noqa: SLF001
        if adapter._transaction is None:  # noqa: SLF001
            await adapter._start_transaction()  # noqa: SLF001
        try:
            status = await adapter._connection.execute(statement)  # noqa: SLF001
        except Exception as error:  # noqa: BLE001 - the adapter turns it into SQLAlchemy's
            adapter._handle_exception(error)  # noqa: SLF001
            return
    if cursor is not None:
        _say(cursor, status or "")


def _say(cursor: Any, status: str) -> None:
    count = _COUNT.match(status)
    cursor._description = None  # noqa: SLF001
    cursor._rowcount = int(count[1]) if count else -1  # noqa: SLF001
