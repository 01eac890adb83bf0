"""SQLite, through the standard library's sqlite3, with real transactions."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bothways.dialects.base import Capabilities, Privilege, Purpose, Reading, Script
from bothways.dialects.diagnosis import causes, described, of_network
from bothways.errors import (
    BothwaysError,
    DatabaseError,
    DatabaseLocked,
    DatabaseMissing,
    DiskFull,
    ReadOnlyDatabase,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import sqlalchemy as sa

    from bothways.dialects.base import Batch
    from bothways.snapshot import Objects, Tier
    from bothways.urls import DatabaseURL

# https://www.sqlite.org/rescode.html, primary result codes
_CODES: dict[int, tuple[type[DatabaseError], str]] = {
    3: (ReadOnlyDatabase, "no permission for the file"),
    5: (DatabaseLocked, "the file is locked by another process"),
    6: (DatabaseLocked, "a table is locked by this process"),
    8: (ReadOnlyDatabase, "the file or its folder is read-only"),
    10: (Unreachable, "the disk gave an input/output error"),
    11: (Unreachable, "the file is damaged"),
    13: (DiskFull, "the disk is full"),
    14: (Unreachable, "its folder is missing, or you may not read it"),
    26: (Unreachable, "the file is not a SQLite database"),
}
_REMEDIES: dict[int, str] = {
    10: "see whether the disk is there and whole, then run the same command again",
    11: "restore it from a backup, or save what can be read: sqlite3 FILE .recover",
    14: "correct the path in the URL, or see that you may read and write there",
    26: "name another file in the URL; an upgrade makes it where there is none",
}
"""What to do where no server is to blame."""
_MIGRATION_SECONDS = 30.0
"""How long a migration waits for another writer: as long as one waits for another's lock on a server."""


class SQLite:
    """What is SQLite's own."""

    name = "sqlite"
    capabilities = Capabilities(
        transactional_ddl=True,
        online_index=False,
        native_enum=False,
        comments=False,
        partial_index=True,
        file_based=True,
        # As `install` does it: with foreign keys a table that is made anew would take its children along.
        script=Script("PRAGMA foreign_keys=OFF;", "PRAGMA foreign_key_check;", "PRAGMA foreign_keys=ON;"),
    )
    oldest: Mapping[str, tuple[int, ...]] = MappingProxyType({"SQLite": (3, 35)})

    @property
    def tiers(self) -> Mapping[tuple[str, str], Tier]:
        """The tier of a fact, where it is not ``semantic``."""
        from bothways.dialects import sqlite_catalog as catalog

        return catalog.TIERS

    def connect_arguments(self, url: DatabaseURL, purpose: Purpose, timeout: float) -> dict[str, Any]:
        """How long to wait for another writer; a reader must find the file, a writer makes it."""
        path = Path(url.database)
        if purpose == "read" and not path.exists():
            raise DatabaseMissing(
                f"there is no database file at {path}",
                hint="correct the URL, or make it and bring it to head: bothways upgrade",
                details={"address": url.address},
            )
        if purpose != "read":
            path.parent.mkdir(parents=True, exist_ok=True)
            _require_writable(path, url)
        patience = max(timeout, _MIGRATION_SECONDS) if purpose in {"migrate", "prove"} else timeout
        return {"timeout": patience, "check_same_thread": False}

    def install(self, engine: sa.Engine, purpose: Purpose) -> None:
        """BEGIN by ourselves: sqlite3 would begin only before the first write, and commit each DDL alone.

        A migration takes the write lock at once, so that two of them never interleave, and runs without foreign keys,
        because rebuilding a table would delete its children; ``violations`` looks at them before the commit.
        """
        from sqlalchemy import event

        foreign_keys = "OFF" if purpose in {"migrate", "prove"} else "ON"
        begin = "BEGIN" if purpose == "read" else "BEGIN IMMEDIATE"

        def connected(connection: sqlite3.Connection, _record: object) -> None:
            connection.isolation_level = None
            connection.execute(f"PRAGMA foreign_keys = {foreign_keys}")
            if purpose == "prove":
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute("PRAGMA journal_mode = MEMORY")

        def began(connection: sa.Connection) -> None:
            if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
                connection.exec_driver_sql(begin)

        event.listen(engine, "connect", connected)
        event.listen(engine, "begin", began)

    def prepare(self, connection: sa.Connection, purpose: Purpose) -> None:
        """Nothing: everything is set while connecting."""

    def quick_look(self, url: DatabaseURL, version_table: str, timeout: float) -> Reading | None:
        """Read the version table through sqlite3, never creating the file."""
        path = Path(url.database)
        version = f"SQLite {sqlite3.sqlite_version}"
        if not path.exists():
            return Reading((), version, exists=False)
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=timeout)
        try:
            present = connection.execute(
                "select count(*) from sqlite_master where type = 'table' and name = ?", (version_table,)
            ).fetchone()[0]
            table = '"' + version_table.replace('"', '""') + '"'
            rows = connection.execute(f"select version_num from {table} order by 1").fetchall() if present else []
            return Reading(tuple(r[0] for r in rows), version)
        finally:
            connection.close()

    def error(self, caught: BaseException, url: DatabaseURL) -> BothwaysError | None:
        """By SQLite's primary result code."""
        for error in causes(caught):
            code = getattr(error, "sqlite_errorcode", None) if isinstance(error, sqlite3.Error) else None
            if code is not None and code & 0xFF in _CODES:
                return _by_code(code & 0xFF, url)
            if isinstance(error, PermissionError):
                return described(ReadOnlyDatabase, url, "no permission for the file or its folder")
        return of_network(caught, url)

    def server_version(self, connection: sa.Connection) -> str:
        """For example ``SQLite 3.40.1``."""
        return f"SQLite {connection.exec_driver_sql('select sqlite_version()').scalar_one()}"

    def privileges(self, connection: sa.Connection) -> Sequence[Privilege]:
        """Can the file and its folder be written?"""
        path = Path(connection.engine.url.database or "")
        existing = path if path.exists() else path.parent
        return (
            Privilege("write the file", os.access(existing, os.W_OK), f"chmod u+w {existing}"),
            Privilege("write its folder", os.access(path.parent, os.W_OK), f"chmod u+w {path.parent}"),
        )

    def maintenance_urls(self, url: DatabaseURL) -> Iterator[DatabaseURL]:
        """There is no server."""
        yield url

    def scratch_url(self, url: DatabaseURL, name: str) -> DatabaseURL:
        """A file in a folder of its own under the system's temporary folder."""
        import tempfile

        return url.with_database(str(Path(tempfile.gettempdir()) / name / "scratch.db"))

    def create_database(self, connection: sa.Connection, name: str) -> None:
        """An empty file in a scratch folder of that name."""
        import tempfile

        folder = Path(tempfile.gettempdir()) / name
        folder.mkdir(mode=0o700)
        (folder / "scratch.db").touch(mode=0o600)

    def drop_database(self, connection: sa.Connection, name: str) -> None:
        """Remove the scratch folder of that name."""
        import tempfile

        shutil.rmtree(Path(tempfile.gettempdir()) / name, ignore_errors=True)

    def database_names(self, connection: sa.Connection, prefix: str) -> Sequence[str]:
        """Scratch folders."""
        import tempfile

        return tuple(sorted(p.name for p in Path(tempfile.gettempdir()).glob(f"{prefix}*") if p.is_dir()))

    def try_lock(self, connection: sa.Connection, name: str) -> str | None:
        """Nothing: BEGIN IMMEDIATE is the lock, once a revision."""
        return None

    def unlock(self, connection: sa.Connection, name: str) -> None:
        """Nothing to give back."""

    def clock(self, connection: sa.Connection) -> float:
        """This machine's."""
        return time.time()

    def session(self, connection: sa.Connection) -> str:
        """Nothing: what a process leaves undone is taken back by the next one that opens the file."""
        return ""

    def end_session(self, connection: sa.Connection, session: str) -> bool:
        """It ended with its process."""
        return True

    def violations(self, connection: sa.Connection) -> Sequence[str]:
        """What ``foreign_key_check`` finds."""
        rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return tuple(f"row {r[1]} of {r[0]} points at a row of {r[2]} that is not there" for r in rows)

    def objects(self, connection: sa.Connection) -> Objects:
        """Everything in sqlite_master and the PRAGMAs."""
        from bothways.dialects import sqlite_catalog as catalog

        return catalog.read(connection)

    def rows(self, connection: sa.Connection, objects: Objects) -> Objects:
        """Digests computed here: SQLite has no hash function."""
        from bothways.dialects import sqlite_catalog as catalog

        return catalog.read_rows(connection, objects)

    def batch(self, connection: sa.Connection) -> Batch | None:
        """None: there are no round trips to save."""
        return None

    def prepare_parts(self, connection: sa.Connection) -> bool:
        """Nothing to do."""
        return True

    def part(self, connection: sa.Connection, relations: Collection[str], known: Objects) -> Objects:
        """The catalog's own queries, restricted."""
        from bothways.dialects import sqlite_catalog as catalog

        return catalog.read_part(connection, relations)

    def relation(self, written: str, known: Collection[str]) -> str | None:
        """Of the main database; capitals do not count."""
        from bothways.dialects.footprint import alike, names_in
        from bothways.snapshot import key_name

        parts = names_in(written)
        if len(parts) > 1 and parts[0].lower() != "main":
            return None
        return alike(key_name(parts[-1]), known)


def _by_code(code: int, url: DatabaseURL) -> DatabaseError:
    kind, reason = _CODES[code]
    details = {"address": url.address, "reason": reason}
    if Path(url.database).is_dir():
        return Unreachable(
            f"{url.database} is a folder, not the file of a database",
            hint=f"name a file in it, for example sqlite:///{url.database}/app.db",
            details=details,
        )
    if code in _REMEDIES:
        return kind(f"{url.database} cannot be opened: {reason}", hint=_REMEDIES[code], details=details)
    return described(kind, url, reason)


def _require_writable(path: Path, url: DatabaseURL) -> None:
    # SQLite opens a file that it may not write, and would say so in the middle of the first revision.
    for place in (path, path.parent):
        if place.exists() and not os.access(place, os.W_OK):
            raise described(ReadOnlyDatabase, url, f"no permission to write {place}")


DIALECT = SQLite()
