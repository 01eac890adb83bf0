"""Scratch databases: made, named, listed and always removed, also those that a killed process left behind.

A scratch database's name tells its owner (``bothways_scratch_<host>_<pid>_<random>``), so anyone can see which are
orphans: those of a process of this machine that is gone. Process 0 stands for somebody who wants to look at it.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

import sqlalchemy as sa

from bothways.connections import call
from bothways.dialects import dialect_for
from bothways.errors import AuthenticationFailed, BothwaysError, DatabaseMissing, PrivilegeMissing
from bothways.processes import host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bothways.urls import DatabaseURL

T = TypeVar("T")
PREFIX = "bothways_scratch_"
_NAME = re.compile(rf"^{PREFIX}(?P<host>[0-9a-f]{{8}})_(?P<pid>\d+)_(?P<random>[0-9a-f]+)$")


@dataclass(frozen=True, slots=True)
class Scratch:
    """A scratch database that is on a server now; ``orphan`` where its process on this machine is gone."""

    name: str
    pid: int | None
    here: bool
    orphan: bool
    kept: bool = False
    """It was left for somebody to look at."""


def new_name(*, keepable: bool = False) -> str:
    """A name that no other process uses; at most 44 characters."""
    return f"{PREFIX}{_host()}_{0 if keepable else os.getpid()}_{secrets.token_hex(5)}"


class Lease:
    """A fresh, empty database on a server, dropped when the ``with`` block ends unless :meth:`keep` was called.

    Orphans of killed processes are removed on the way. For SQLite it is a file in a folder of its own.
    Only a ``keepable`` one outlives its process when it is kept. Entering raises PrivilegeMissing where the role may
    not create databases.
    """

    def __init__(self, server: DatabaseURL, *, keepable: bool = False) -> None:
        self._server = server
        self.name = new_name(keepable=keepable)
        self._kept = False
        self.url = dialect_for(server.dialect).scratch_url(server, self.name)

    def keep(self) -> None:
        """Let the database stay for somebody to look at; ``bothways doctor --clean`` drops it later."""
        self._kept = True

    def __enter__(self) -> Self:
        _on_server(self._server, lambda connection: _make(connection, self._server.dialect, self.name))
        return self

    def __exit__(self, *_error: object) -> None:
        if not self._kept:
            drop(self._server, self.name)


@contextmanager
def database(server: DatabaseURL, *, keep: bool = False) -> Iterator[DatabaseURL]:
    """The address of a fresh, empty database on the server of ``server``; dropped at the end unless ``keep``."""
    with Lease(server, keepable=keep) as lease:
        if keep:
            lease.keep()
        yield lease.url


def drop(server: DatabaseURL, name: str) -> None:
    """Drop a scratch database by name; only names that ``new_name`` makes are accepted."""
    if not _NAME.match(name):
        msg = f"{name!r} is not the name of a scratch database"
        raise ValueError(msg)
    dialect = dialect_for(server.dialect)
    _on_server(server, lambda connection: dialect.drop_database(connection, name))


def list_all(server: DatabaseURL) -> tuple[Scratch, ...]:
    """The scratch databases on a server (for SQLite: on this machine)."""
    dialect = dialect_for(server.dialect)
    names = _on_server(server, lambda connection: dialect.database_names(connection, PREFIX))
    return tuple(_described(n) for n in names)


def remove_orphans(server: DatabaseURL, *, kept: bool = False) -> tuple[str, ...]:
    """Drop what killed processes of this machine left on a server, and what was ``kept``; the names dropped."""
    orphans = tuple(s.name for s in list_all(server) if s.orphan or (kept and s.kept))
    for name in orphans:
        drop(server, name)
    return orphans


def _make(connection: sa.Connection, dialect_name: str, name: str) -> None:
    dialect = dialect_for(dialect_name)
    for found in dialect.database_names(connection, PREFIX):
        if _described(found).orphan:
            dialect.drop_database(connection, found)
    dialect.create_database(connection, name)


def _on_server(server: DatabaseURL, function: Callable[[sa.Connection], T]) -> T:
    if dialect_for(server.dialect).capabilities.file_based:
        # There is no server to ask: any connection of the engine does.
        engine = sa.create_engine("sqlite://")
        try:
            with engine.connect() as connection:
                return function(connection)
        finally:
            engine.dispose()
    failure: BothwaysError | None = None
    for url in dialect_for(server.dialect).maintenance_urls(server):
        try:
            return call(url, function, autocommit=True)
        except (DatabaseMissing, AuthenticationFailed) as error:
            failure = failure or error
        except PrivilegeMissing as error:
            raise PrivilegeMissing(
                f"user {url.user!r} may not create scratch databases at {url.address}",
                hint="grant it (bothways doctor shows how), or prove on a private server: bothways verify --engine "
                f"{url.dialect}, or set the URL of another server for scratch databases: "
                f"BOTHWAYS_SCRATCH_{url.dialect.upper()}_URL",
                details=error.details,
            ) from error
    raise failure or BothwaysError("no database of the server to connect to")


def _described(name: str) -> Scratch:
    match = _NAME.match(name)
    if match is None:
        return Scratch(name, None, here=False, orphan=False)
    here = match["host"] == _host()
    pid = int(match["pid"])
    return Scratch(name, pid, here, orphan=here and pid != 0 and not _alive(pid), kept=here and pid == 0)


def _host() -> str:
    return host()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
