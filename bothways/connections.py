"""Run a sync function on a ``Connection``, whatever the driver: the one adapter between sync and async.

Database functions are written once, sync. Here they get their connection: from a sync engine for pymysql, sqlite3 and
psycopg, through ``run_sync`` for asyncpg. Exceptions of drivers come out as those of :mod:`bothways.errors`.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.pool import NullPool

from bothways.dialects import dialect_for
from bothways.dialects.diagnosis import causes
from bothways.errors import BothwaysError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bothways.dialects.base import Purpose
    from bothways.urls import DatabaseURL

T = TypeVar("T")
CONNECT_SECONDS = 5.0


def call(
    url: DatabaseURL,
    function: Callable[[sa.Connection], T],
    *,
    purpose: Purpose = "read",
    autocommit: bool = False,
    timeout: float = CONNECT_SECONDS,
) -> T:
    """Connect, run ``function(connection)``, close; ``timeout`` is that of connecting, in seconds.

    The function commits what it wants kept. With ``autocommit`` each statement commits by itself (CREATE DATABASE needs
    that). An async driver gets an event loop of its own, so call this from a thread where a loop is running.
    """
    with translated(url):
        if url.is_async:
            return asyncio.run(_call_async(url, function, purpose, autocommit, timeout))
        engine = _engine(url, purpose, timeout)
        try:
            with engine.connect() as connection:
                return _run(connection, function, url, purpose, autocommit)
        finally:
            engine.dispose()


@contextmanager
def translated(url: DatabaseURL) -> Iterator[None]:
    """Turn a driver's exceptions into ours where their meaning is known; others pass."""
    try:
        yield
    except (BothwaysError, KeyboardInterrupt):
        raise
    except Exception as caught:
        mine = next((e for e in causes(caught) if isinstance(e, BothwaysError)), None)
        error = mine or dialect_for(url.dialect).error(caught, url)
        if error is None:
            raise
        raise error from caught


async def _call_async(
    url: DatabaseURL, function: Callable[[sa.Connection], T], purpose: Purpose, autocommit: bool, timeout: float
) -> T:
    from sqlalchemy.ext.asyncio import create_async_engine

    dialect = dialect_for(url.dialect)
    engine: AsyncEngine = create_async_engine(
        url.to_sqlalchemy(),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=dialect.connect_arguments(url, purpose, timeout),
    )
    dialect.install(engine.sync_engine, purpose)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_run, function, url, purpose, autocommit)
    finally:
        await engine.dispose()


def _run(
    connection: sa.Connection,
    function: Callable[[sa.Connection], T],
    url: DatabaseURL,
    purpose: Purpose,
    autocommit: bool,
) -> T:
    if autocommit:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
    dialect_for(url.dialect).prepare(connection, purpose)
    return function(connection)


def _engine(url: DatabaseURL, purpose: Purpose, timeout: float) -> sa.Engine:
    dialect = dialect_for(url.dialect)
    try:
        engine = sa.create_engine(
            url.to_sqlalchemy(),
            poolclass=NullPool,
            hide_parameters=True,
            connect_args=dialect.connect_arguments(url, purpose, timeout),
        )
    except exc.NoSuchModuleError as error:
        from bothways.errors import DriverMissing

        raise DriverMissing(
            f"SQLAlchemy knows no driver {url.driver!r} for {url.dialect}", hint="leave the driver out of the URL"
        ) from error
    dialect.install(engine, purpose)
    return engine
