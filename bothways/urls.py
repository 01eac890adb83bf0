"""A database's address: read from text, normalised, and never printed with its secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from bothways.errors import DriverMissing, InvalidURL

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

# What people write, and the dialect with the driver that it means. MariaDB speaks MySQL's dialect here, so that one
# branch serves both servers.
_SCHEMES = {
    "postgres": ("postgresql", "asyncpg"),
    "postgresql": ("postgresql", "asyncpg"),
    "mysql": ("mysql", "pymysql"),
    "mariadb": ("mysql", "pymysql"),
    "sqlite": ("sqlite", "pysqlite"),
}
_ASYNC_DRIVERS = frozenset({"asyncpg", "aiosqlite", "asyncmy", "aiomysql"})
_DEFAULT_PORTS = {"postgresql": 5432, "mysql": 3306}
_PUBLIC_OPTIONS = frozenset(
    {"charset", "sslmode", "ssl", "ssl_disabled", "ssl_mode", "host", "port", "application_name"}
)
_SHAPE = re.compile(r"^(?P<scheme>[a-z][a-z0-9_]*)(?:\+(?P<driver>[a-z0-9_]+))?://(?P<rest>.*)$", re.S | re.I)
_NETWORK = re.compile(
    r"^(?:(?P<user>[^:@/]*)(?::(?P<password>[^@]*))?@)?"
    r"(?:\[(?P<ipv6>[^\]]+)\]|(?P<host>[^/:?@]*))(?::(?P<port>[^/?]*))?(?:/(?P<database>[^?]*))?(?:\?(?P<query>.*))?$",
    re.S,
)


@dataclass(frozen=True, slots=True, repr=False)
class DatabaseURL:
    """A normalised database URL. ``str()`` and ``repr()`` hide the secrets; only :meth:`reveal` shows them.

    ``database`` is the database's name, for SQLite the absolute path of its file.
    """

    dialect: str
    driver: str
    host: str = ""
    port: int | None = None
    user: str = ""
    password: str | None = field(default=None, repr=False)
    database: str = ""
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @classmethod
    def parse(cls, text: str, *, root: Path | None = None) -> DatabaseURL:
        """Read a URL; a relative SQLite path is taken from ``root`` (the folder of alembic.ini).

        Raises InvalidURL, whose text never repeats the URL, because it may hold a password.
        """
        shape = _SHAPE.match(text.strip())
        if shape is None:
            raise InvalidURL("the URL has no scheme", hint="write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
        scheme = shape["scheme"].lower()
        if scheme not in _SCHEMES:
            raise InvalidURL(
                f"the URL's engine {scheme!r} is not one of postgresql, mysql, mariadb, sqlite",
                hint="write it as postgresql://…, mysql://… or sqlite:///path/to/file.db",
            )
        dialect, usual_driver = _SCHEMES[scheme]
        driver = (shape["driver"] or usual_driver).lower()
        if dialect == "sqlite":
            return cls._parse_sqlite(driver, shape["rest"], root or Path.cwd())
        return cls._parse_network(dialect, driver, shape["rest"])

    @classmethod
    def _parse_sqlite(cls, driver: str, rest: str, root: Path) -> DatabaseURL:
        path, _, query = rest.partition("?")
        if not path.startswith("/"):
            raise InvalidURL(
                "a SQLite URL has three slashes before a relative path and four before an absolute one",
                hint="write it as sqlite:///data/bothways.db",
            )
        name = unquote(path[1:])
        if name in {"", ":memory:"}:
            raise InvalidURL(
                "a SQLite database must be a file: one in memory is gone with each connection",
                hint="write it as sqlite:///data/bothways.db",
            )
        return cls("sqlite", driver, database=str((root / name).resolve()), query=tuple(parse_qsl(query)))

    @classmethod
    def _parse_network(cls, dialect: str, driver: str, rest: str) -> DatabaseURL:
        # The last @ ends the credentials, so that a password with an unescaped @ still works.
        credentials, at, address = rest.rpartition("@")
        user, _, password = credentials.partition(":")
        where = _NETWORK.match(address)
        if where is None:
            raise InvalidURL(
                "the URL's address cannot be read",
                hint="write it as SCHEME://USER:PASSWORD@HOST:PORT/DATABASE; escape / ? # in a password as %2F %3F %23",
            )
        port_text = where["port"]
        if port_text and not (port_text.isdigit() and 0 < int(port_text) < 65536):
            raise InvalidURL("the URL's port is not a number from 1 to 65535", hint="write it as HOST:PORT/DATABASE")
        database = unquote(where["database"] or "")
        if not database:
            raise InvalidURL("the URL names no database", hint="add it at the end: …HOST:PORT/DATABASE")
        return cls(
            dialect,
            driver,
            host=where["ipv6"] or where["host"] or "",
            port=int(port_text) if port_text else None,
            user=unquote(user),
            password=unquote(password) if at and ":" in credentials else None,
            database=database,
            query=tuple(_option(driver, *pair) for pair in parse_qsl(where["query"] or "", keep_blank_values=True)),
        )

    @property
    def is_async(self) -> bool:
        """Whether the driver is an asyncio one."""
        return self.driver in _ASYNC_DRIVERS

    @property
    def address(self) -> str:
        """Where it is, for messages: ``host:port/database`` or the file's path."""
        if self.dialect == "sqlite":
            return self.database
        host = dict(self.query).get("host") or self.host or "localhost"
        return f"{host}:{self.port or _DEFAULT_PORTS[self.dialect]}/{self.database}"

    def with_database(self, name: str) -> DatabaseURL:
        """The same server, another database (or file)."""
        return replace(self, database=name)

    def with_driver(self, driver: str) -> DatabaseURL:
        """The same through another driver of the engine, its options in that driver's words."""
        return replace(self, driver=driver, query=tuple(_option(driver, *pair) for pair in self.query))

    def reveal(self) -> str:
        """The whole URL as text, with its password. Never log, print or raise it."""
        return self._text(self.password, dict(self.query))

    def to_sqlalchemy(self) -> sa.URL:
        """The URL as SQLAlchemy's own, which hides its password too."""
        import sqlalchemy as sa

        name = f"{self.dialect}+{self.driver}"
        if self.dialect == "sqlite":
            return sa.URL.create(name, database=self.database, query=dict(self.query))
        return sa.URL.create(
            name,
            username=self.user or None,
            password=self.password,
            host=self.host or None,
            port=self.port,
            database=self.database,
            query=dict(self.query),
        )

    def __str__(self) -> str:
        hidden = {k: v if k in _PUBLIC_OPTIONS else "***" for k, v in self.query}
        return self._text(None if self.password is None else "***", hidden)

    def __repr__(self) -> str:
        return f"DatabaseURL({str(self)!r})"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        # Hypothesis and IPython print a dataclass field by field unless it says how.
        printer.text(repr(self))

    def __rich_repr__(self) -> Iterator[str]:
        yield str(self)

    def _text(self, password: str | None, query: dict[str, str]) -> str:
        options = "?" + urlencode(query, safe="*/") if query else ""
        if self.dialect == "sqlite":
            return f"sqlite+{self.driver}:///{quote(self.database, safe='/:')}{options}"
        credentials = quote(self.user, safe="")
        if password is not None:
            credentials += ":" + quote(password, safe="*")
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        at = "@" if credentials else ""
        return f"{self.dialect}+{self.driver}://{credentials}{at}{host}{port}/{quote(self.database, safe='')}{options}"


_DRIVERS = {
    "postgresql": {"psycopg2": "psycopg2", "psycopg": "psycopg", "asyncpg": "asyncpg"},
    "mysql": {"mysqldb": "MySQLdb", "pymysql": "pymysql", "mariadbconnector": "mariadb"},
    "sqlite": {"pysqlite": "sqlite3"},
}
"""The drivers of each dialect, by the module that each one is, those first that SQLAlchemy takes by itself."""


def installed_driver(dialect: str, wanted: str = "") -> str:
    """The driver to use: the wanted one where it is installed, else the first that is. Raises DriverMissing."""
    known = _DRIVERS[dialect]
    for driver in (wanted, *known):
        if driver in known and find_spec(known[driver]) is not None:
            return driver
    raise DriverMissing(
        f"no driver for {dialect} is installed beside Bothways that it knows ({', '.join(known)})",
        hint=f"install one in this environment: pip install {'asyncpg' if dialect == 'postgresql' else 'pymysql'}",
    )


def dialect_of(name: str) -> str:
    """Our name of the dialect that SQLAlchemy calls so; one that we don't know keeps its name."""
    return _SCHEMES[name][0] if name in _SCHEMES else name


def drop_secrets(text: str) -> str:
    """Somebody else's sentence without the password of a URL in it."""
    return re.sub(r"(://[^:@/\s]*:)[^@\s]*@", r"\1***@", text)


_WORDS = {
    "asyncpg": {"sslmode": "ssl"},
    "psycopg2": {"ssl": "sslmode"},
    "psycopg": {"ssl": "sslmode"},
}
"""What other drivers of the engine call an option otherwise, and the driver's own word for it."""
_WITHOUT_TLS = {"mysqldb": ("ssl_mode", "DISABLED"), "mariadbconnector": ("ssl", "false")}
"""What these drivers call PyMySQL's ``ssl_disabled``."""


def _option(driver: str, name: str, value: str) -> tuple[str, str]:
    if (name, value.lower()) == ("ssl_disabled", "true") and driver in _WITHOUT_TLS:
        return _WITHOUT_TLS[driver]
    return _WORDS.get(driver, {}).get(name, name), value
