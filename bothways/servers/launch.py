"""One attempt to start a private server, from an empty folder to a server that takes connections."""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bothways.errors import Unreachable
from bothways.servers import keeper
from bothways.servers.programs import Place

if TYPE_CHECKING:
    from bothways.servers.programs import Binaries, Kind

PREFIX = "bothways-server-"
LOCK = "owner.lock"
_DEADLINE = 60.0
_LOG_LINES = 15
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_PLENTY_BYTES = 2 * 1024**3


class Launch:
    """The attempt: ``run()`` starts the server and returns its keeper, or raises and leaves nothing behind."""

    def __init__(self, kind: Kind, binaries: Binaries, where: Path) -> None:
        """Make the server's folder in ``where`` and hold its lock."""
        self.kind = kind
        self.binaries = binaries
        account = _account(kind.account)
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=where)).resolve()
        self._lock = (self.folder / LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        # Its own folder inside of ours: the server may not run as root, nor touch our lock and our record of it.
        self.place = Place(self.folder / "home", _free_port(), secrets.token_hex(16), account)
        self.place.home.mkdir(mode=0o700)

    def run(self) -> subprocess.Popen[bytes]:
        """Initialise the data folder, start the keeper with the server, wait until the server takes connections."""
        watch = None
        try:
            self._hand_over()
            self._initialise(self.kind.initialise(self.binaries, self.place))
            watch = self._start_keeper(self.kind.serve(self.binaries, self.place))
            self._wait_until_ready(watch)
        except BaseException:
            dismiss(watch, self.folder)
            raise
        finally:
            self._lock.close()
        return watch

    def _hand_over(self) -> None:
        """Give the server's folder to its account, and make sure that this account can get there."""
        account = self.place.account
        if account is None:
            return
        self.folder.chmod(0o711)
        os.chown(self.place.home, account.pw_uid, account.pw_gid)
        for path in (*self.folder.parents, *self.binaries.server.parents):
            if not path.stat().st_mode & 0o001:
                raise Unreachable(
                    f"the account {account.pw_name!r}, under which the server has to run, may not enter {path}",
                    hint="start it as an ordinary user, or choose a folder that everybody may enter (TMPDIR=/tmp)",
                )

    def _initialise(self, command: list[str]) -> None:
        account = self.place.account
        identity: dict[str, Any] = (
            {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        )
        with (self.folder / keeper.LOG).open("ab") as log:
            try:
                subprocess.run(  # noqa: S603 (the command is ours, and there is no shell)
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True,
                    cwd=self.place.home, env=self._environment(), timeout=_DEADLINE, **identity,
                )  # fmt: skip
            except (OSError, subprocess.SubprocessError) as error:
                raise self._failure(f"could not make its data folder ({type(error).__name__})") from error

    def _start_keeper(self, command: list[str]) -> subprocess.Popen[bytes]:
        account = self.place.account
        uid, gid = (account.pw_uid, account.pw_gid) if account else (-1, -1)
        words = [str(self.folder), str(int(self.kind.stop_signal)), str(uid), str(gid), *command]
        with (self.folder / keeper.LOG).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 (the command is ours, and there is no shell)
                [sys.executable, "-I", "-S", str(Path(keeper.__file__)), *words],
                stdin=subprocess.PIPE, stdout=log, stderr=log, env=self._environment(), cwd="/",
                start_new_session=True, pass_fds=[self._lock.fileno()],
            )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        # None of ours: PGDATA, PGOPTIONS or MYSQL_HOME of the person who runs this would change the server.
        home = str(self.place.home)
        path = os.pathsep.join([str(self.binaries.server.parent), os.environ.get("PATH", os.defpath)])
        kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        return {"PATH": path, "LC_ALL": "C", "HOME": home, "TMPDIR": home, **kept}

    def _wait_until_ready(self, watch: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _DEADLINE
        while time.monotonic() < deadline:
            if watch.poll() is not None:
                raise self._failure("ended while it was starting")
            with suppress(OSError):
                if self.kind.answers(self.place.port):
                    return
            time.sleep(0.02)
        raise self._failure(f"did not take connections within {_DEADLINE:g} s")

    def _failure(self, what: str) -> Unreachable:
        log = "\n".join((self.folder / keeper.LOG).read_text(errors="replace").splitlines()[-_LOG_LINES:])
        return Unreachable(
            f"the private {self.kind.name} {self.binaries.version} server {what}. The end of its log:\n{log}",
            hint=f"look at the log above; {self.binaries.server} is the program that was started",
            details={"dialect": self.kind.dialect, "log": log},
        )


def dismiss(watch: subprocess.Popen[bytes] | None, folder: Path) -> None:
    """Let the keeper end its server, and remove what is left."""
    if watch is not None and watch.stdin is not None:
        watch.stdin.close()
        try:
            watch.wait(30)
        except subprocess.TimeoutExpired:
            watch.kill()
            watch.wait()
        # Usually there is nothing left to end; but the keeper may have been killed before us.
        keeper.end_orphan(folder)
    shutil.rmtree(folder, ignore_errors=True)


def temporary_folder() -> Path:
    """Where private servers keep their files: in memory where there is plenty of it and TMPDIR names no other place.

    Measured with 300 revisions up, down and up: MariaDB 2.8 ms a revision in memory, 11 ms on a disk without fsync;
    PostgreSQL 3.9 and 9 ms.
    """
    if not os.environ.get("TMPDIR") and os.access(_MEMORY, os.W_OK):
        with suppress(OSError):
            if shutil.disk_usage(_MEMORY).free >= _PLENTY_BYTES:
                return _MEMORY
    return Path(tempfile.gettempdir())


def remove_leftovers(where: Path) -> int:
    """End the servers in that folder whose owner and keeper were killed, and remove their folders. Returns how many."""
    removed = 0
    for folder in where.glob(f"{PREFIX}*"):
        with suppress(OSError):
            # Somebody else's folder could name any process; our own only holds what our keeper wrote.
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            with (folder / LOCK).open("r+") as lock:
                # Whoever owns a server holds this lock, from before its first file until after its end.
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                keeper.end_orphan(folder)
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed


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
