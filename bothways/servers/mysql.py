"""A private MariaDB or MySQL server: one dialect, two kinds, told apart by what they say of themselves."""

from __future__ import annotations

import shutil
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from bothways.servers.programs import Kind

if TYPE_CHECKING:
    from bothways.servers.programs import Binaries, Place

_BEGINNING = """\
CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '{0}';
ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '{0}';
ALTER USER 'root'@'localhost' IDENTIFIED BY '{0}';
GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
CREATE DATABASE IF NOT EXISTS bothways CHARACTER SET utf8mb4;
"""
_GREETING = b"\x0a"
_OPTIONS = (
    "--bind-address=127.0.0.1",
    # Relative to the data folder: a socket's path may not be longer than about a hundred bytes.
    "--socket=server.sock",
    "--pid-file=server.pid",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-fast-shutdown=2",
    "--innodb-use-native-aio=0",
    "--max-connections=200",
)


class MySQL(Kind):
    """MySQL: mysqld makes its own data folder."""

    name = "mysql"
    dialect = "mysql"
    driver = "pymysql"
    administrator = "root"
    database = "mysql"
    empty = "bothways"
    # The server has no certificate, and PyMySQL reads the machine's whole CA bundle before it finds that out: 18 ms of
    # CPU a connection.
    options = (("ssl_disabled", "true"),)
    account = "mysql"
    programs: ClassVar[tuple[str, ...]] = ("mysqld",)
    folders = ("/usr/sbin", "/usr/libexec", "/usr/local/mysql/bin", "/opt/homebrew/bin")
    stop_signal = signal.SIGTERM
    own_options: ClassVar[tuple[str, ...]] = ("--secure-file-priv=NULL", "--mysqlx=OFF", "--auto-generate-certs=OFF")

    def recognises(self, said: str) -> bool:
        """MariaDB answers to the name of mysqld too, but says who it is."""
        return "mariadb" not in said.lower()

    def initialiser(self, server: Path) -> Path | None:
        """Itself."""
        return server

    def initialise(self, binaries: Binaries, place: Place) -> list[str]:
        """Make the data folder with an administrator whose password is set before the first connection."""
        return [
            str(binaries.initialise), "--no-defaults", "--initialize-insecure", f"--datadir={place.data}",
            "--secure-file-priv=NULL",
        ]  # fmt: skip

    def serve(self, binaries: Binaries, place: Place) -> list[str]:
        """Run the server; its first acts, before it listens, are the administrator's password and an empty database."""
        beginning = place.write("beginning.sql", _BEGINNING.format(place.password))
        return [
            str(binaries.server), "--no-defaults", f"--datadir={place.data}", f"--port={place.port}",
            f"--init-file={beginning}", *_OPTIONS, *self.own_options,
        ]  # fmt: skip

    def answers(self, port: int) -> bool:
        """A server that has started greets whoever connects."""
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            return line.recv(5)[4:] == _GREETING


class MariaDB(MySQL):
    """MariaDB: mariadb-install-db makes the data folder."""

    name = "mariadb"
    programs = ("mariadbd", "mysqld")
    own_options = ("--debug-no-sync",)

    def recognises(self, said: str) -> bool:
        """MariaDB names itself in its version."""
        return "mariadb" in said.lower()

    def initialiser(self, server: Path) -> Path | None:
        """The script that lies beside the server or in the bin folder next to it, else the one on PATH."""
        for name in ("mariadb-install-db", "mysql_install_db"):
            for folder in (server.parent, server.parent.parent / "bin", server.parent.parent / "scripts"):
                if (folder / name).exists():
                    return folder / name
        found = shutil.which("mariadb-install-db")
        return Path(found) if found else None

    def initialise(self, binaries: Binaries, place: Place) -> list[str]:
        """Make the data folder without anonymous accounts and the test database."""
        return [
            str(binaries.initialise), "--no-defaults", f"--datadir={place.data}",
            "--auth-root-authentication-method=normal", "--skip-test-db",
        ]  # fmt: skip
