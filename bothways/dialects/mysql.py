"""MySQL and MariaDB, through pymysql."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

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

_NO_SUCH_SESSION = 1094
# https://mariadb.com/kb/en/mariadb-error-code-reference/; client errors are in the 2000s
_NUMBERS: dict[int, type[DatabaseError]] = {
    1045: AuthenticationFailed,
    1698: AuthenticationFailed,
    1049: DatabaseMissing,
    1044: PrivilegeMissing,
    1142: PrivilegeMissing,
    1143: PrivilegeMissing,
    1227: PrivilegeMissing,
    1370: PrivilegeMissing,
    1290: ReadOnlyDatabase,
    1792: ReadOnlyDatabase,
    1836: ReadOnlyDatabase,
    1021: DiskFull,
    1114: DiskFull,
    1020: DatabaseLocked,
    1205: DatabaseLocked,
    1213: DatabaseLocked,
    3572: DatabaseLocked,
    1040: Unreachable,
    1203: Unreachable,
    2002: Unreachable,
    2003: Unreachable,
    2005: Unreachable,
    1053: ConnectionLost,
    1927: ConnectionLost,
    2006: ConnectionLost,
    2013: ConnectionLost,
    4031: ConnectionLost,
}
_LOCK_SECONDS = 5


class MySQL:
    """What is MySQL's and MariaDB's own."""

    name = "mysql"
    capabilities = Capabilities(
        transactional_ddl=False,
        online_index=True,
        native_enum=True,
        comments=True,
        partial_index=False,
        file_based=False,
        backslash_escapes=True,
    )
    oldest: Mapping[str, tuple[int, ...]] = MappingProxyType({"MySQL": (8, 0, 19), "MariaDB": (10, 8)})

    @property
    def tiers(self) -> Mapping[tuple[str, str], Tier]:
        """The tier of a fact, where it is not ``semantic``."""
        from bothways.dialects import mysql_catalog as catalog

        return catalog.TIERS

    def connect_arguments(self, url: DatabaseURL, purpose: Purpose, timeout: float) -> dict[str, Any]:
        """The time to connect, in whole seconds because pymysql wants them, and utf8mb4."""
        seconds = max(1, round(timeout))
        if url.driver == "mariadbconnector":
            return {"connect_timeout": seconds}
        if url.driver == "mysqldb":
            # Its read time-out can't be lifted afterwards, and would end a long DDL.
            return {"connect_timeout": seconds, "charset": "utf8mb4"}
        return {"connect_timeout": seconds, "read_timeout": seconds, "charset": "utf8mb4"}

    def install(self, engine: sa.Engine, purpose: Purpose) -> None:
        """Lift the read time-out once connected: it is for a server that accepts and never greets, not for long DDL."""
        from sqlalchemy import event

        def connected(connection: Any, _record: object) -> None:
            connection._read_timeout = None  # noqa: SLF001 - pymysql has no public way

        if engine.dialect.driver != "pymysql":
            return
        event.listen(engine, "connect", connected)

    def prepare(self, connection: sa.Connection, purpose: Purpose) -> None:
        """UTC; a migration never waits long for a lock, since others queue behind it."""
        connection.exec_driver_sql("set time_zone = '+00:00'")
        if purpose in {"migrate", "prove"}:
            connection.exec_driver_sql(
                f"set lock_wait_timeout = {_LOCK_SECONDS}, innodb_lock_wait_timeout = {_LOCK_SECONDS}"
            )
        connection.rollback()

    def quick_look(self, url: DatabaseURL, version_table: str, timeout: float) -> Reading | None:
        """Read the version table through bare pymysql."""
        if url.driver != "pymysql":
            return None
        import pymysql

        seconds = max(1, round(timeout))
        options: dict[str, Any] = dict(url.query)
        connection: Any = pymysql.connect(
            host=url.host or "localhost", port=url.port or 3306, user=url.user or None, password=url.password or "",
            database=url.database, connect_timeout=seconds, read_timeout=seconds, **options,
        )  # fmt: skip
        try:
            version = _version(str(connection.get_server_info()))
            with connection.cursor() as cursor:
                table = "`" + version_table.replace("`", "``") + "`"
                try:
                    cursor.execute(f"select version_num from {table} order by 1")
                except pymysql.err.ProgrammingError as error:
                    if error.args[0] == 1146:  # no such table
                        return Reading((), version)
                    raise
                return Reading(tuple(str(r[0]) for r in cursor.fetchall()), version)
        finally:
            connection.close()

    def error(self, caught: BaseException, url: DatabaseURL) -> BothwaysError | None:
        """By the server's error number, or the driver's own."""
        for error in causes(caught):
            number = _number(error)
            kind = _NUMBERS.get(number) if isinstance(number, int) else None
            if kind is Unreachable:
                # pymysql wraps the network's exception, which says more (refused, time-out, unknown host).
                return of_network(caught, url) or described(kind, url, str(error.args[-1]))
            if kind is AuthenticationFailed:
                return described(kind, url, "access denied")
            if kind is not None:
                return described(kind, url, str(error.args[-1]))
        return of_network(caught, url)

    def server_version(self, connection: sa.Connection) -> str:
        """For example ``MariaDB 10.11.19``."""
        return _version(str(connection.exec_driver_sql("select version()").scalar_one()))

    def privileges(self, connection: sa.Connection) -> Sequence[Privilege]:
        """May the user create tables here, and databases? Read from SHOW GRANTS."""
        database, user = connection.exec_driver_sql("select database(), current_user()").one()
        grants = [str(g) for g in connection.exec_driver_sql("show grants").scalars()]
        account = "@".join(f"'{part}'" for part in str(user).rsplit("@", 1))
        return (
            Privilege(
                "create tables",
                any(_grants(g, str(database)) for g in grants),
                f"GRANT ALL ON `{database}`.* TO {account};",
            ),
            Privilege(
                "create scratch databases",
                any(_grants(g, "bothways_scratch_x") for g in grants),
                rf"GRANT ALL ON `bothways\_scratch\_%`.* TO {account};",
            ),
        )

    def maintenance_urls(self, url: DatabaseURL) -> Iterator[DatabaseURL]:
        """The configured database itself, then the one that every user may see."""
        yield url
        yield url.with_database("information_schema")

    def scratch_url(self, url: DatabaseURL, name: str) -> DatabaseURL:
        """Another database of the same server."""
        return url.with_database(name)

    def create_database(self, connection: sa.Connection, name: str) -> None:
        """In utf8mb4."""
        connection.exec_driver_sql(f"create database {_quoted(name)} character set utf8mb4")

    def drop_database(self, connection: sa.Connection, name: str) -> None:
        """Drop it if it is there, ending the sessions in it, whose metadata locks would be waited for."""
        sessions = connection.exec_driver_sql(
            "select id from information_schema.processlist where db = %s and id <> connection_id()", (name,)
        ).scalars()
        for session in sessions.all():
            _kill(connection, int(session))
        connection.exec_driver_sql(f"drop database if exists {_quoted(name)}")

    def database_names(self, connection: sa.Connection, prefix: str) -> Sequence[str]:
        """From SHOW DATABASES."""
        names = connection.exec_driver_sql("show databases").scalars()
        return tuple(sorted(n for n in names if n.startswith(prefix)))

    def try_lock(self, connection: sa.Connection, name: str) -> str | None:
        """GET_LOCK on the migrating session; its name holds the database's, because it is the whole server's."""
        key = self._lock_name(connection, name)
        if connection.exec_driver_sql("select get_lock(%s, 0)", (key,)).scalar_one() == 1:
            return None
        holder = connection.exec_driver_sql("select is_used_lock(%s)", (key,)).scalar()
        return f"session {holder}" if holder else "another session"

    def unlock(self, connection: sa.Connection, name: str) -> None:
        """Give the lock back."""
        connection.exec_driver_sql("select release_lock(%s)", (self._lock_name(connection, name),))

    def clock(self, connection: sa.Connection) -> float:
        """From unix_timestamp(), whatever the session's zone."""
        return float(connection.exec_driver_sql("select unix_timestamp(now(6))").scalar_one())

    def session(self, connection: sa.Connection) -> str:
        """Its number, which a server gives once."""
        return str(connection.exec_driver_sql("select connection_id()").scalar_one())

    def end_session(self, connection: sa.Connection, session: str) -> bool:
        """With KILL; only a session in this database, in case the server has begun to count again."""
        if not session.isdigit():
            return True
        there = connection.exec_driver_sql(
            f"select count(*) from information_schema.processlist where id = {session} and db = database()"
        ).scalar_one()
        if there:
            _kill(connection, int(session))
        return not there

    def violations(self, connection: sa.Connection) -> Sequence[str]:
        """None: the server checks every foreign key itself."""
        return ()

    def objects(self, connection: sa.Connection) -> Objects:
        """SHOW CREATE and information_schema together."""
        from bothways.dialects import mysql_catalog as catalog

        return catalog.read(connection)

    def rows(self, connection: sa.Connection, objects: Objects) -> Objects:
        """Digests computed in the server."""
        from bothways.dialects import mysql_catalog as catalog

        return catalog.read_rows(connection, objects)

    def batch(self, connection: sa.Connection) -> Batch | None:
        """None: each statement of DDL is a transaction of its own here."""
        return None

    def prepare_parts(self, connection: sa.Connection) -> bool:
        """Nothing to do."""
        return True

    def part(self, connection: sa.Connection, relations: Collection[str], known: Objects) -> Objects:
        """The catalog's own queries, restricted."""
        from bothways.dialects import mysql_catalog as catalog

        return catalog.read_part(connection, relations, known)

    def relation(self, written: str, known: Collection[str]) -> str | None:
        """Not of another database; capitals count on some servers and not on others."""
        from bothways.dialects.footprint import alike, names_in
        from bothways.snapshot import key_name

        parts = names_in(written)
        return alike(key_name(parts[0]), known) if len(parts) == 1 else None

    def _lock_name(self, connection: sa.Connection, name: str) -> str:
        database = connection.exec_driver_sql("select database()").scalar_one()
        # At most 64 characters on MySQL.
        return f"bothways:{database}:{name}"[-64:]


def _kill(connection: sa.Connection, session: int) -> None:
    """End a session, unless it has ended by itself meanwhile."""
    from sqlalchemy.exc import DBAPIError

    try:
        connection.exec_driver_sql(f"kill {session}")
    except DBAPIError as error:
        if error.orig is None or error.orig.args[:1] != (_NO_SUCH_SESSION,):
            raise


def _grants(grant: str, database: str) -> bool:
    scope = re.match(r"^GRANT (?P<what>.*?) ON (?:`(?P<db>(?:[^`]|``)*)`|(?P<all>\*))\.\* TO", grant)
    if scope is None or not re.search(r"\bALL PRIVILEGES\b|\bCREATE\b(?! )", scope["what"]):
        return False
    if scope["all"]:
        return True
    pattern = re.escape(scope["db"]).replace(r"\\_", "_").replace(r"\\%", "\0").replace("%", ".*").replace("\0", "%")
    return re.fullmatch(pattern, database) is not None


def _version(text: str) -> str:
    number = re.search(r"(\d+\.\d+\.\d+)(?=-MariaDB|[^\d.]|$)", text.removeprefix("5.5.5-"))
    server = "MariaDB" if "mariadb" in text.lower() else "MySQL"
    return f"{server} {number.group(1) if number else text}"


def _number(error: BaseException) -> object:
    # MariaDB's own connector has the number beside a sentence, the others have it before theirs.
    if type(error).__module__.startswith(("pymysql", "MySQLdb", "mariadb", "mysql.connector")):
        return getattr(error, "errno", None) or (error.args[0] if error.args else None)
    return None


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


DIALECT = MySQL()
