"""PostgreSQL, through asyncpg by default; psycopg and psycopg2 work too."""

from __future__ import annotations

import hashlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bothways.dialects import libpq
from bothways.dialects.base import Capabilities, Privilege, Purpose, Reading
from bothways.dialects.diagnosis import causes, described, of_network
from bothways.errors import (
    AuthenticationFailed,
    BothwaysError,
    ConnectionLost,
    DatabaseError,
    DatabaseLocked,
    DatabaseMissing,
    DiskFull,
    PrivilegeMissing,
    ReadOnlyDatabase,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import sqlalchemy as sa

    from bothways.dialects.base import Batch
    from bothways.snapshot import Objects, Tier
    from bothways.urls import DatabaseURL

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_STATES: dict[str, type[DatabaseError]] = {
    "28000": AuthenticationFailed,
    "28P01": AuthenticationFailed,
    "3D000": DatabaseMissing,
    "42501": PrivilegeMissing,
    "25006": ReadOnlyDatabase,
    "53100": DiskFull,
    "53300": Unreachable,
    "57P03": Unreachable,
    "55P03": DatabaseLocked,
    "55006": DatabaseLocked,
    "40001": DatabaseLocked,
    "40P01": DatabaseLocked,
    "57P01": ConnectionLost,
    "57P02": ConnectionLost,
    "08000": ConnectionLost,
    "08003": ConnectionLost,
    "08006": ConnectionLost,
}
_LOCK_TIMEOUT = "5s"
_SILENT_SESSION = "60s"
_SESSION = "a.pid::text || '-' || extract(epoch from a.backend_start)::text"
_MINE = "a.pid = pg_backend_pid()"


class PostgreSQL:
    """What is PostgreSQL's own."""

    name = "postgresql"
    capabilities = Capabilities(
        transactional_ddl=True,
        online_index=True,
        native_enum=True,
        comments=True,
        partial_index=True,
        file_based=False,
        schemas=True,
        places_columns=False,
    )
    oldest: Mapping[str, tuple[int, ...]] = MappingProxyType({"PostgreSQL": (13,)})

    @property
    def tiers(self) -> Mapping[tuple[str, str], Tier]:
        """The tier of a fact, where it is not ``semantic``."""
        from bothways.dialects import postgresql_catalog as catalog

        return catalog.TIERS

    def connect_arguments(self, url: DatabaseURL, purpose: Purpose, timeout: float) -> dict[str, Any]:
        """Time-outs and session settings; a migration never waits long for a lock, since others queue behind it."""
        settings = {"TimeZone": "UTC", "application_name": f"bothways {purpose}"}
        if purpose == "migrate":
            settings |= {"lock_timeout": _LOCK_TIMEOUT, "idle_in_transaction_session_timeout": _SILENT_SESSION}
        if purpose == "prove":
            settings |= {"synchronous_commit": "off", "jit": "off"}
        if url.driver == "asyncpg":
            # A migration changes the tables that cached statements were planned for.
            cache = 0 if purpose in {"migrate", "prove"} else 100
            return {"timeout": timeout, "server_settings": settings, "statement_cache_size": cache}
        options = " ".join(f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in settings.items())
        return {"connect_timeout": max(1, round(timeout)), "options": options}

    def install(self, engine: sa.Engine, purpose: Purpose) -> None:
        """The driver's transactions are real; a proof sends its statements the short way."""
        if purpose == "prove" and engine.dialect.driver == "asyncpg":
            from bothways.dialects import asyncpg_simple

            asyncpg_simple.install(engine)

    def prepare(self, connection: sa.Connection, purpose: Purpose) -> None:
        """Nothing: everything is set while connecting."""

    def quick_look(self, url: DatabaseURL, version_table: str, timeout: float) -> Reading | None:
        """Read the version table through bare asyncpg."""
        if url.driver != "asyncpg":
            return None
        import asyncio

        return asyncio.run(_look(url, version_table, timeout))

    def error(self, caught: BaseException, url: DatabaseURL) -> BothwaysError | None:
        """By SQLSTATE; by libpq's words where it gives none."""
        chain = tuple(causes(caught))
        for error in chain:
            state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
            kind = _STATES.get(state) if isinstance(state, str) else None
            if kind is not None:
                return described(kind, url, _text(error))
            if type(error).__name__ == "ConnectionDoesNotExistError":
                return described(ConnectionLost, url, "closed by the other side")
        return of_network(caught, url) or libpq.without_code(chain, url)

    def server_version(self, connection: sa.Connection) -> str:
        """For example ``PostgreSQL 15.18``."""
        version = connection.exec_driver_sql("show server_version").scalar_one()
        return f"PostgreSQL {str(version).split(' ')[0]}"

    def privileges(self, connection: sa.Connection) -> Sequence[Privilege]:
        """May the role create tables here, and databases?"""
        row = connection.exec_driver_sql(
            "select current_user::text, current_database()::text, "
            "has_schema_privilege(current_user, coalesce(current_schema(), 'public'), 'CREATE'), "
            "has_database_privilege(current_user, current_database(), 'CREATE'), "
            "(select rolcreatedb or rolsuper from pg_roles where rolname = current_user)"
        ).one()
        user, database = _quoted(row[0]), _quoted(row[1])
        return (
            Privilege("create tables", bool(row[2]), f"GRANT CREATE ON SCHEMA public TO {user};"),
            Privilege("create schemas", bool(row[3]), f"GRANT CREATE ON DATABASE {database} TO {user};"),
            Privilege("create scratch databases", bool(row[4]), f"ALTER ROLE {user} CREATEDB;"),
        )

    def maintenance_urls(self, url: DatabaseURL) -> Iterator[DatabaseURL]:
        """The configured database itself, then the two that nearly every server has."""
        yield url
        for name in ("postgres", "template1"):
            if name != url.database:
                yield url.with_database(name)

    def scratch_url(self, url: DatabaseURL, name: str) -> DatabaseURL:
        """Another database of the same server."""
        return url.with_database(name)

    def create_database(self, connection: sa.Connection, name: str) -> None:
        """From template0, which nobody can be connected to, in UTF-8."""
        connection.exec_driver_sql(f"create database {_quoted(name)} template template0 encoding 'UTF8'")

    def drop_database(self, connection: sa.Connection, name: str) -> None:
        """With its sessions (PostgreSQL 13 and newer)."""
        connection.exec_driver_sql(f"drop database if exists {_quoted(name)} with (force)")

    def database_names(self, connection: sa.Connection, prefix: str) -> Sequence[str]:
        """From pg_database."""
        rows = connection.exec_driver_sql("select datname::text from pg_database order by 1").scalars()
        return tuple(name for name in rows if name.startswith(prefix))

    def try_lock(self, connection: sa.Connection, name: str) -> str | None:
        """A session advisory lock, polled: waiting inside the lock function would deadlock with CONCURRENTLY."""
        key = _lock_key(name)
        if connection.exec_driver_sql(f"select pg_try_advisory_lock({key})").scalar_one():
            return None
        holder = connection.exec_driver_sql(
            "select a.pid::text || ' (' || coalesce(nullif(a.application_name, ''), 'no name') || ', user ' "
            "|| coalesce(a.usename::text, '?') || ')' from pg_locks l join pg_stat_activity a on a.pid = l.pid "
            f"where l.locktype = 'advisory' and l.granted and (l.classid::bigint << 32 | l.objid::bigint) = {key}"
        ).scalar()
        return f"session {holder}" if holder else "another session"

    def unlock(self, connection: sa.Connection, name: str) -> None:
        """Give the advisory lock back."""
        connection.exec_driver_sql(f"select pg_advisory_unlock({_lock_key(name)})")

    def clock(self, connection: sa.Connection) -> float:
        """From clock_timestamp(), which goes on in a transaction."""
        return float(connection.exec_driver_sql("select extract(epoch from clock_timestamp())").scalar_one())

    def session(self, connection: sa.Connection) -> str:
        """Its process and when that began, since numbers are used again."""
        return str(connection.exec_driver_sql(f"select {_SESSION} from pg_stat_activity a where {_MINE}").scalar_one())

    def end_session(self, connection: sa.Connection, session: str) -> bool:
        """With pg_terminate_backend, which rolls back; the same role may do that."""
        named = session.replace("'", "''")
        found = connection.exec_driver_sql(
            f"select pg_terminate_backend(a.pid) from pg_stat_activity a where {_SESSION} = '{named}'"
        )
        return not found.all()

    def violations(self, connection: sa.Connection) -> Sequence[str]:
        """None: PostgreSQL checks every foreign key itself."""
        return ()

    def objects(self, connection: sa.Connection) -> Objects:
        """Everything in pg_catalog."""
        from bothways.dialects import postgresql_catalog as catalog

        return catalog.read(connection)

    def rows(self, connection: sa.Connection, objects: Objects) -> Objects:
        """Digests computed in the server."""
        from bothways.dialects import postgresql_catalog as catalog

        return catalog.read_rows(connection, objects)

    def batch(self, connection: sa.Connection) -> Batch | None:
        """On asyncpg, for a proof."""
        from bothways.dialects.asyncpg_simple import batch_of

        return batch_of(connection)

    def prepare_parts(self, connection: sa.Connection) -> bool:
        """Make the function that reads a part; needs the privilege to make temporary objects."""
        from sqlalchemy.exc import DBAPIError

        from bothways.dialects import postgresql_part

        try:
            # Where unqualified names mean another schema than "public", nobody can tell what a statement names.
            if connection.exec_driver_sql("select current_schema()").scalar() != "public":
                return False
            postgresql_part.install(connection)
        except DBAPIError:
            connection.rollback()
            return False
        return True

    def part(self, connection: sa.Connection, relations: Collection[str], known: Objects) -> Objects:
        """One round trip, its plans made once."""
        from bothways.dialects import postgresql_part

        return postgresql_part.read(connection, relations)

    def relation(self, written: str, known: Collection[str]) -> str | None:
        """Without "public", in small letters where it has no quotes."""
        from bothways.dialects.footprint import names_in
        from bothways.snapshot import key_name

        parts = names_in(written, fold=True)
        return key_name(*(parts[1:] if parts[0] == "public" and len(parts) > 1 else parts))


async def _look(url: DatabaseURL, version_table: str, timeout: float) -> Reading:
    import asyncio

    import asyncpg

    options: dict[str, Any] = {"host": url.host or None, "port": url.port, **dict(url.query)}
    connection = await asyncio.wait_for(
        asyncpg.connect(
            user=url.user or None, password=url.password, database=url.database, timeout=timeout,
            server_settings={"application_name": "bothways status"}, **options,
        ),
        timeout,
    )  # fmt: skip
    try:
        settings = connection.get_settings()
        name = _quoted(version_table)
        exists = await connection.fetchval("select to_regclass($1) is not null", name, timeout=timeout)
        rows = await connection.fetch(f"select version_num from {name} order by 1", timeout=timeout) if exists else []
        version = getattr(settings, "server_version", "?")
        return Reading(tuple(r[0] for r in rows), f"PostgreSQL {version.split(' ')[0]}")
    finally:
        connection.terminate()


def _lock_key(name: str) -> int:
    # 63 bits, so that the two halves in pg_locks join to the same positive number.
    return int.from_bytes(hashlib.sha256(f"bothways:{name}".encode()).digest()[:8], "big") >> 1


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(error: BaseException) -> str:
    # SQLAlchemy's wrapper repeats the class before the server's own sentence.
    return str(error.args[0] if error.args else error).rpartition(">: ")[2]


DIALECT = PostgreSQL()
