"""A driver's exception in words: what it means, and what to do about it."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

from bothways.errors import (
    AuthenticationFailed,
    BothwaysError,
    ConnectionLost,
    DatabaseError,
    DatabaseLocked,
    DatabaseMissing,
    DiskFull,
    DriverMissing,
    InvalidURL,
    PrivilegeMissing,
    ReadOnlyDatabase,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bothways.urls import DatabaseURL

_WORDS: dict[type[DatabaseError], tuple[str, str]] = {
    Unreachable: (
        "{address} does not answer ({reason})",
        "check that the server runs and that host and port are right: bothways doctor",
    ),
    AuthenticationFailed: (
        "{address} refused user {user!r}: wrong user or password",
        "check the user and the password in the URL; in a URL write @ / : ? # % as %40 %2F %3A %3F %23 %25",
    ),
    DatabaseMissing: ("there is no database at {address}", "create it, or correct the name in the URL"),
    PrivilegeMissing: (
        "user {user!r} lacks a privilege at {address}: {reason}",
        "see what is missing and how to grant it: bothways doctor",
    ),
    ReadOnlyDatabase: (
        "{address} takes no writes ({reason})",
        "make the file and its folder writable, or connect to the primary server",
    ),
    DiskFull: ("no space left at {address} ({reason})", "free some space there, then run the same command again"),
    DatabaseLocked: (
        "another session holds a lock at {address} ({reason})",
        "run the same command again when it has ended; nothing was changed",
    ),
    ConnectionLost: (
        "the connection to {address} broke ({reason})",
        "see where the database stands: bothways status",
    ),
}


_PACKAGES = {
    "asyncpg": "asyncpg",
    "psycopg2": "psycopg2-binary",
    "psycopg": "'psycopg[binary]'",
    "pymysql": "pymysql",
    "mysqldb": "mysqlclient",
    "mysqlconnector": "mysql-connector-python",
    "mariadbconnector": "mariadb",
    "aiomysql": "aiomysql",
    "asyncmy": "asyncmy",
    "aiosqlite": "aiosqlite",
}
"""What to install for each driver, as a shell takes it."""


_OPTION = re.compile(
    r"(?:unexpected keyword argument|invalid connection option|Unsupported argument) ['\"](\w+)['\"]", re.IGNORECASE
)


def causes(caught: BaseException) -> Iterator[BaseException]:
    """An exception and everything that it came from: SQLAlchemy's wrapped original, causes, contexts."""
    pending: list[BaseException | None] = [caught]
    seen: set[int] = set()
    while pending:
        error = pending.pop(0)
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        pending += [getattr(error, "orig", None), error.__cause__, error.__context__]


def described(kind: type[DatabaseError], url: DatabaseURL, reason: str) -> DatabaseError:
    """An exception of ``kind`` about ``url``; ``reason`` must not come from a server that repeats values."""
    words, hint = _WORDS[kind]
    message = words.format(address=url.address, user=url.user, reason=_first_line(reason))
    return kind(message, hint=hint, details={"address": url.address, "reason": _first_line(reason)})


def driver_missing(driver: str) -> DriverMissing:
    """A driver that a URL names is not installed."""
    package = _PACKAGES.get(driver)
    unknown = "install the package of that driver, or leave the driver out of the URL"
    return DriverMissing(
        f"the driver {driver!r} is not installed", hint=f"pip install {package}" if package else unknown
    )


def of_network(caught: BaseException, url: DatabaseURL) -> BothwaysError | None:
    """What a network's or an import's exception means, or a refused option, the same for all drivers."""
    for error in causes(caught):
        option = _OPTION.search(str(error))
        if option and option[1] in dict(url.query):
            return InvalidURL(
                f"the driver {url.driver!r} takes no option {option[1]!r}, which the URL has",
                hint="correct or remove it, behind the ? of the URL",
                details={"address": url.address, "option": option[1]},
            )
        if isinstance(error, ModuleNotFoundError):
            return driver_missing(url.driver)
        if isinstance(error, ConnectionRefusedError):
            return described(Unreachable, url, "connection refused")
        if isinstance(error, socket.gaierror):
            return described(Unreachable, url, "the host's name is not known")
        if isinstance(error, TimeoutError):
            return described(Unreachable, url, "no answer in time")
        if isinstance(error, ConnectionResetError | BrokenPipeError):
            return described(ConnectionLost, url, "reset by the other side")
        if isinstance(error, OSError) and error.errno == 28:
            return described(DiskFull, url, "no space left on device")
        if isinstance(error, OSError) and error.errno is not None and not isinstance(error, FileExistsError):
            return described(Unreachable, url, (error.strerror or type(error).__name__).lower())
    return None


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[0][:200]
