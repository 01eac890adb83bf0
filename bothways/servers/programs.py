"""The programs of a database server on this machine, and what is to be known to run one kind of them."""

from __future__ import annotations

import os
import re
import subprocess
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import pwd
    import signal
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of one server: ``kind`` is postgresql, mariadb or mysql, ``version`` is what it says of itself."""

    dialect: str
    kind: str
    version: str
    server: Path
    initialise: Path


@dataclass(frozen=True, slots=True)
class Place:
    """Where one server lives: its own folder ``home``, its port on 127.0.0.1, its administrator's password."""

    home: Path
    port: int
    password: str
    account: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        """The server's data folder."""
        return self.home / "data"

    def write(self, name: str, text: str) -> Path:
        """Write a file that only the server's account can read."""
        path = self.home / name
        path.touch(mode=0o600)
        path.write_text(text)
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        return path


class Kind(ABC):
    """One kind of server: where its programs are, how it is started, how it says that it is there."""

    name: ClassVar[str]
    dialect: ClassVar[str]
    driver: ClassVar[str]
    administrator: ClassVar[str]
    database: ClassVar[str]
    empty: ClassVar[str]
    """The database that holds nothing, for whoever wants to try something."""
    options: ClassVar[tuple[tuple[str, str], ...]] = ()
    account: ClassVar[str]
    programs: ClassVar[tuple[str, ...]]
    folders: ClassVar[tuple[str, ...]]
    stop_signal: ClassVar[signal.Signals]

    @abstractmethod
    def recognises(self, said: str) -> bool:
        """Whether a program that says this to ``--version`` is of this kind."""

    @abstractmethod
    def initialiser(self, server: Path) -> Path | None:
        """The program that makes a data folder for this server."""

    @abstractmethod
    def initialise(self, binaries: Binaries, place: Place) -> list[str]:
        """The command that makes the data folder, after writing the files that it needs."""

    @abstractmethod
    def serve(self, binaries: Binaries, place: Place) -> list[str]:
        """The command that runs the server, after writing the files that it needs."""

    @abstractmethod
    def answers(self, port: int) -> bool:
        """Whether a server of this kind takes connections there. Raises OSError if nothing listens."""

    def find(self) -> Iterator[Binaries]:
        """The servers of this kind on this machine: PATH first, then the usual folders, newest first."""
        seen = set()
        for folder in self.places():
            for name in self.programs:
                # Debian's mysqld is a link to mariadbd, and /bin one to /usr/bin: each program counts once.
                program = (folder / name).resolve()
                if program not in seen and os.access(program, os.X_OK):
                    seen.add(program)
                    yield from self._examine(program)

    def places(self) -> Iterator[Path]:
        """The folders to look in, in order."""
        yield from map(Path, os.get_exec_path())
        for pattern in self.folders:
            yield from sorted(Path("/").glob(pattern.lstrip("/")), key=_numbers, reverse=True)

    def _examine(self, program: Path) -> Iterator[Binaries]:
        try:
            done = subprocess.run(  # noqa: S603 (a program that was just found; no shell)
                [program, "--version"], capture_output=True, text=True, timeout=20, check=True
            )
        except (OSError, subprocess.SubprocessError):
            return
        version = re.search(r"\d+\.\d[\w.]*", done.stdout)
        initialiser = self.initialiser(program)
        if version and initialiser and self.recognises(done.stdout):
            yield Binaries(self.dialect, self.name, version[0].rstrip("."), program, initialiser)


def _numbers(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(path))]
