"""What env.py gets instead of a connection: it knows its dialect, reaches nothing and answers nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, Self

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from bothways.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator


class StandIn:
    """In the place of a connection, sync or async; statements go nowhere and their results refuse to be read."""

    def __init__(self, engine: Any) -> None:
        self.engine = getattr(engine, "sync_engine", engine)
        self.dialect = self.engine.dialect
        self.closed = False
        self.info: dict[Any, Any] = {}

    @property
    def sync_connection(self) -> StandIn:
        """An async connection's sync one."""
        return self

    async def run_sync(self, function: Any, *arguments: Any, **more: Any) -> Any:
        """Call it at once."""
        return function(self, *arguments, **more)

    def execution_options(self, **_options: Any) -> _Done:
        """Itself, also where it is awaited."""
        return _Done(self)

    def in_transaction(self) -> bool:
        """Never."""
        return False

    def get_execution_options(self) -> dict[str, Any]:
        """None."""
        return {}

    def __getattr__(self, name: str) -> Any:
        if name in {"begin", "begin_twophase", "begin_nested", "connect"}:
            return lambda *_a, **_k: self
        if name in {"commit", "rollback", "close", "prepare", "invalidate", "detach", "start"}:
            return lambda *_a, **_k: _Done(None)
        if name in {"execute", "exec_driver_sql", "scalar", "scalars"}:
            return lambda *_a, **_k: _Done(_NoResult())
        raise ConfigurationError(
            f"env.py asks its connection for {name!r}, which needs a real one",
            hint="let env.py ask nothing of the database before context.configure, or support alembic upgrade --sql",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing to give back."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Nothing to give back."""

    def __await__(self) -> Generator[Any, None, Any]:
        return _Done(self).__await__()


class _Done:
    """A result that is there already, whether it is awaited or not."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, None, Any]:
        yield from ()
        return self._value

    def __getattr__(self, name: str) -> Any:
        return getattr(self._value, name)

    def __enter__(self) -> Any:
        return self._value

    def __exit__(self, *_error: object) -> None:
        """Nothing to give back."""


class _NoResult:
    """The answer of a database that was not asked."""

    def __getattr__(self, name: str) -> NoReturn:
        raise ConfigurationError(
            "env.py reads an answer of the database before it configures Alembic",
            hint="let env.py ask nothing of the database, or support alembic upgrade --sql",
        )


@contextmanager
def no_connections() -> Iterator[None]:
    """While the block runs, engines give stand-ins, and whoever goes around them to a driver is refused."""
    from sqlalchemy.ext.asyncio import AsyncEngine

    def refuse(*_arguments: Any, **_more: Any) -> NoReturn:
        raise ConfigurationError(
            "env.py opens a connection by another way than engine.connect()",
            hint="let it make its engine by create_engine, engine_from_config or their async twins",
        )

    def stand_in(engine: Any, *_arguments: Any, **_more: Any) -> StandIn:
        return StandIn(engine)

    def disposed(*_arguments: Any, **_more: Any) -> _Done:
        return _Done(None)

    places: tuple[tuple[Any, str, Any], ...] = (
        (sa.Engine, "connect", stand_in),
        (sa.Engine, "begin", stand_in),
        (sa.Engine, "raw_connection", refuse),
        (AsyncEngine, "connect", stand_in),
        (AsyncEngine, "begin", stand_in),
        (AsyncEngine, "dispose", disposed),
        (DefaultDialect, "connect", refuse),
    )
    before = [(owner, name, owner.__dict__[name]) for owner, name, _ in places]
    for owner, name, function in places:
        setattr(owner, name, function)
    try:
        yield
    finally:
        for owner, name, function in before:
            setattr(owner, name, function)
