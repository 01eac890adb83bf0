"""What the engine asks of a dialect; a new engine is one module here that passes ``tests/contract``.

Functions on a ``Connection`` are sync and speak the driver's own SQL (``exec_driver_sql``), so that importing a dialect
imports neither SQLAlchemy nor a driver: ``bothways status`` lives on that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import sqlalchemy as sa

    from bothways.errors import BothwaysError
    from bothways.snapshot import Objects, Tier
    from bothways.urls import DatabaseURL

Purpose = Literal["read", "write", "migrate", "prove"]
"""``prove`` is a migration of a scratch database, which nobody else uses and nobody will miss."""


@dataclass(frozen=True, slots=True)
class Script:
    """What stands around the statements of revisions where a script is all that runs them, and not we."""

    before: str = ""
    check: str = ""
    """What tells, before the commit, whether rows point at nothing."""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do; code asks these, never the engine's name."""

    transactional_ddl: bool
    """A revision that fails leaves nothing behind."""
    online_index: bool
    """An index can be built without blocking writes."""
    native_enum: bool
    """Enums are types of their own."""
    comments: bool
    """Tables and columns can carry comments."""
    partial_index: bool
    """Indexes can have a predicate."""
    file_based: bool
    """A database is a file, so there is no server to reach."""
    backslash_escapes: bool = False
    """A backslash in a string escapes what follows."""
    schemas: bool = False
    """A database has schemas of its own."""
    places_columns: bool = True
    """A new column can stand before others; else it is the last one, and so is one that comes back."""
    script: Script = Script()
    """What a script needs that our own sessions have; nothing of it where a server looks after rows by itself."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a quick look at a database tells: the rows of its version table, and the server's version."""

    versions: tuple[str, ...]
    server_version: str
    exists: bool = True
    """False where the database is a file that an upgrade would make."""


@dataclass(frozen=True, slots=True)
class Privilege:
    """Whether a role may do something; ``remedy`` is what an administrator types when it may not."""

    name: str
    granted: bool
    remedy: str


class Batch(Protocol):
    """DDL that is kept back, to be sent together."""

    open: bool

    def begin(self, connection: sa.Connection) -> bool:
        """Keep DDL back from now on; False where it can't be."""
        ...

    def end(self, last: str) -> int:
        """Send everything with one more statement; how many rows that one touched. Raises the driver's exceptions."""
        ...

    def drop(self) -> None:
        """Forget what was kept."""
        ...


class Dialect(Protocol):
    """The difference between engines."""

    name: str
    capabilities: Capabilities
    oldest: Mapping[str, tuple[int, ...]]
    """The oldest version of each kind of server that is supported: its name in ``server_version``, and the version."""

    @property
    def tiers(self) -> Mapping[tuple[str, str], Tier]:
        """The tier of a fact by (kind of object, fact), where it is not ``semantic``."""
        ...

    def connect_arguments(self, url: DatabaseURL, purpose: Purpose, timeout: float) -> dict[str, Any]:
        """Keyword arguments for the driver's ``connect``: time-outs in seconds, session settings."""
        ...

    def install(self, engine: sa.Engine, purpose: Purpose) -> None:
        """Attach to an engine what its driver needs for real transactions."""
        ...

    def prepare(self, connection: sa.Connection, purpose: Purpose) -> None:
        """Settings of a new session: UTC, and lock time-outs for migrations."""
        ...

    def quick_look(self, url: DatabaseURL, version_table: str, timeout: float) -> Reading | None:
        """Read the version table through the bare driver; None where that driver is another one than usual."""
        ...

    def error(self, caught: BaseException, url: DatabaseURL) -> BothwaysError | None:
        """The exception of ours that a driver's exception means; None where it is none of the known."""
        ...

    def server_version(self, connection: sa.Connection) -> str:
        """The server's name and version, for people."""
        ...

    def privileges(self, connection: sa.Connection) -> Sequence[Privilege]:
        """What the session's role may do, of that which Bothways needs."""
        ...

    def maintenance_urls(self, url: DatabaseURL) -> Iterator[DatabaseURL]:
        """Databases of the same server to connect to in order to create others, best first."""
        ...

    def scratch_url(self, url: DatabaseURL, name: str) -> DatabaseURL:
        """The address of a scratch database of that name on the server of ``url``."""
        ...

    def create_database(self, connection: sa.Connection, name: str) -> None:
        """Create an empty database; the connection commits by itself."""
        ...

    def drop_database(self, connection: sa.Connection, name: str) -> None:
        """Drop a database if it is there, ending its sessions; the connection commits by itself."""
        ...

    def database_names(self, connection: sa.Connection, prefix: str) -> Sequence[str]:
        """The server's databases whose name begins so."""
        ...

    def try_lock(self, connection: sa.Connection, name: str) -> str | None:
        """Take the session lock of that name without waiting; the holder's description where another has it."""
        ...

    def unlock(self, connection: sa.Connection, name: str) -> None:
        """Give the session lock back."""
        ...

    def clock(self, connection: sa.Connection) -> float:
        """The server's clock, in seconds since 1970."""
        ...

    def session(self, connection: sa.Connection) -> str:
        """Names the session for :meth:`end_session`; empty where a session ends with its process."""
        ...

    def end_session(self, connection: sa.Connection, session: str) -> bool:
        """Tell the server to end another session, of which nobody is left; whether it is gone already."""
        ...

    def violations(self, connection: sa.Connection) -> Sequence[str]:
        """Rows that break a foreign key although the engine let them pass, in words."""
        ...

    def objects(self, connection: sa.Connection) -> Objects:
        """Everything that the database is, from its own catalogs."""
        ...

    def rows(self, connection: sa.Connection, objects: Objects) -> Objects:
        """The data tier: for each table its row count, a digest a column, and a digest of whole rows."""
        ...

    def prepare_parts(self, connection: sa.Connection) -> bool:
        """Get ready for ``part`` in this session; False where it can't be had. The caller commits."""
        ...

    def part(self, connection: sa.Connection, relations: Collection[str], known: Objects) -> Objects:
        """What ``objects`` and ``rows`` together say of these relations (names as in their keys); ``known`` is all
        that was known before. Nothing for a relation that is not there any more."""
        ...

    def relation(self, written: str, known: Collection[str]) -> str | None:
        """A table's name as a statement writes it, as the snapshot's keys have it; None where that can't be told.

        ``known`` are the relations of the snapshot.
        """
        ...

    def batch(self, connection: sa.Connection) -> Batch | None:
        """What keeps the DDL of a step back until it ends; None where statements are not worth it."""
        ...
