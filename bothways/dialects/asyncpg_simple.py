"""One round trip a statement on asyncpg instead of three, for the scratch databases of a proof.

SQLAlchemy's adapter prepares, runs and closes each statement. A DDL or DML statement without parameters needs none of
that: it goes by the simple query protocol, through SQLAlchemy's ``do_execute`` events. The adapter's attributes are not
public, so where one is missing everything goes its usual way.
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


def install(engine: sa.Engine) -> None:
    """Attach to an engine of asyncpg."""
    from sqlalchemy import event

    event.listen(engine, "do_execute", _execute)
    event.listen(
        engine, "do_execute_no_params", lambda cursor, statement, context: _execute(cursor, statement, (), context)
    )


def prepared(connection: sa.Connection, statement: str) -> Callable[..., list[Any]] | None:
    """A statement prepared once and run in one round trip, in whatever transaction is open; None on another driver."""
    from sqlalchemy.util import await_only

    driver: Any = connection.connection.driver_connection
    if not hasattr(driver, "prepare") or not hasattr(driver, "reload_schema_state"):
        return None
    ready = await_only(driver.prepare(statement))
    return lambda *values: await_only(ready.fetch(*values))


def _execute(cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
    from sqlalchemy.util import await_only

    adapter = getattr(cursor, "_adapt_connection", None)
    # A semicolon could part several statements, which asyncpg refuses elsewhere and so it must here.
    known = hasattr(type(cursor), "_description") and all(hasattr(adapter, name) for name in _NEEDED)
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
    count = _COUNT.match(status or "")
    cursor._description = None  # noqa: SLF001
    cursor._rowcount = int(count[1]) if count else -1  # noqa: SLF001
