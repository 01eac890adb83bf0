"""SQLAlchemy's engines for the service: sessions set up, and tried before use when they were idle."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pydantic_core import from_json, to_json
from sqlalchemy import event, exc
from sqlalchemy.ext.asyncio import create_async_engine

from bothways.dialects.diagnosis import driver_missing
from bothways.dialects.sessions import Limits, engine_arguments, same_file, session_setup, start_clock

if TYPE_CHECKING:
    from bothways.urls import DatabaseURL


def engine_of(url: DatabaseURL, limits: Limits) -> sa.Engine:
    """An engine in autocommit, which connects when it is first used; raises DriverMissing."""
    options: dict[str, Any] = {
        "pool_size": limits.size,
        "max_overflow": limits.overflow,
        "pool_timeout": limits.wait,
        "pool_recycle": round(limits.recycle),
        "pool_use_lifo": True,
        "hide_parameters": True,
        "isolation_level": "AUTOCOMMIT",
        "skip_autocommit_rollback": True,
        "json_serializer": lambda value: to_json(value).decode(),
        "json_deserializer": from_json,
        **engine_arguments(url, limits),
    }
    try:
        address = url.to_sqlalchemy()
        engine = (
            create_async_engine(address, **options).sync_engine
            if url.is_async
            else sa.create_engine(address, **options)
        )
    except (exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise driver_missing(url.driver) from error
    _watch(engine, url, limits)
    return engine


def _watch(engine: sa.Engine, url: DatabaseURL, limits: Limits) -> None:
    """Set new sessions up, and try those that were idle before they are used."""
    set_up = session_setup(url, limits)
    identity = same_file(url)

    def connected(connection: Any, record: Any) -> None:
        if set_up is not None:
            set_up(connection)
        record.info["file"] = identity()

    def returned(_connection: Any, record: Any) -> None:
        record.info["idle since"] = time.monotonic()

    def taken(connection: Any, record: Any, _proxy: Any) -> None:
        if record.info.get("file") != identity() or _is_closed(record):
            raise exc.DisconnectionError
        start_clock(record.driver_connection)
        since = record.info.get("idle since")
        if limits.ping_after is None or since is None or time.monotonic() - since < limits.ping_after:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise exc.DisconnectionError from error

    event.listen(engine, "connect", connected)
    event.listen(engine, "checkin", returned)
    event.listen(engine, "checkout", taken)


def _is_closed(record: Any) -> bool:
    # asyncpg hears at once when the server goes away; others are asked by a ping.
    is_closed = getattr(record.driver_connection, "is_closed", None)
    return callable(is_closed) and bool(is_closed())
