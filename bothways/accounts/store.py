"""Connections of the service to the database with the accounts: few, kept, apart from those of the tables.

They are of their own so that a login neither waits for a page of rows nor takes part in how those are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import anyio
import anyio.to_thread
import sqlalchemy as sa
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bothways.accounts.tables import LEDGER, ensure
from bothways.connections import translated
from bothways.dialects import dialect_for
from bothways.errors import DatabaseError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from bothways.dialects.base import Purpose
    from bothways.project import Database

T = TypeVar("T")
D = TypeVar("D")
_SIZE: Final = 2
_OVERFLOW: Final = 3


class Store:
    """The database with the accounts, as one event loop uses it."""

    def __init__(self, database: Database, timeout: float) -> None:
        self.database = database
        self._timeout = timeout
        self._engines: dict[Purpose, sa.Engine | AsyncEngine] = {}
        self._threads: anyio.CapacityLimiter | None = None
        self.made = False
        """Whether the tables are known to be there."""

    async def read(self, function: Callable[[sa.Connection], T], otherwise: D) -> T | D:
        """What a function reads; ``otherwise`` where the tables are not there yet. Raises DatabaseError."""

        def reading(connection: sa.Connection) -> T | D:
            self.made = self.made or LEDGER.exists(connection)
            return function(connection) if self.made else otherwise

        return await self._run(reading, "read")

    async def write(self, function: Callable[[sa.Connection], T]) -> T:
        """Run a function in one transaction, and make the tables before the first one. Raises DatabaseError."""
        if not self.made:
            await self._run(ensure, "write")
            self.made = True

        def writing(connection: sa.Connection) -> T:
            with connection.begin():
                return function(connection)

        return await self._run(writing, "write")

    async def close(self) -> None:
        """Close every connection."""
        while self._engines:
            _, engine = self._engines.popitem()
            if isinstance(engine, AsyncEngine):
                await engine.dispose()
            else:
                await anyio.to_thread.run_sync(engine.dispose)

    async def _run(self, function: Callable[[sa.Connection], T], purpose: Purpose) -> T:
        try:
            with translated(self.database.require_url()):
                engine = self._engines.get(purpose)
                if engine is None:
                    engine = self._engines[purpose] = self._open(purpose)
                if isinstance(engine, AsyncEngine):
                    async with engine.connect() as connection:
                        return await connection.run_sync(function)
                return await self._in_thread(engine, function)
        except PoolTimeout:
            raise self.named(Unreachable("has no free connection")) from None
        except DatabaseError as error:
            raise self.named(error) from error

    async def _in_thread(self, engine: sa.Engine, function: Callable[[sa.Connection], T]) -> T:
        def connected() -> T:
            with engine.connect() as connection:
                return function(connection)

        self._threads = self._threads or anyio.CapacityLimiter(_SIZE + _OVERFLOW)
        return await anyio.to_thread.run_sync(connected, limiter=self._threads)

    def named(self, error: DatabaseError) -> DatabaseError:
        """An error with the name of this database."""
        error.details = {**error.details, "database": self.database.name}
        return error

    def _open(self, purpose: Purpose) -> sa.Engine | AsyncEngine:
        url = self.database.require_url()
        dialect = dialect_for(url.dialect)
        # A database that is not there is told, not made.
        dialect.connect_arguments(url, "read", self._timeout)
        options: dict[str, Any] = {
            "pool_size": _SIZE,
            "max_overflow": _OVERFLOW,
            "pool_timeout": self._timeout,
            "pool_pre_ping": True,
            "hide_parameters": True,
            "connect_args": dialect.connect_arguments(url, purpose, self._timeout),
        }
        address = url.to_sqlalchemy()
        engine = create_async_engine(address, **options) if url.is_async else sa.create_engine(address, **options)
        dialect.install(engine.sync_engine if isinstance(engine, AsyncEngine) else engine, purpose)
        return engine
