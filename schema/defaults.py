"""Values that the server makes, each spelled as the engine itself prints it, so that comparisons find no difference."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


class ServerDefault(sa.ColumnElement[Any]):
    """An expression with one spelling an engine; ``mysql_only`` is for MySQL where MariaDB's spelling is not valid."""

    inherit_cache = False

    def __init__(self, *, postgresql: str, mysql: str, sqlite: str, mysql_only: str | None = None) -> None:
        self.postgresql = postgresql
        self.mysql = mysql
        self.sqlite = sqlite
        self.mysql_only = mysql_only or mysql

    def spelled(self, dialect: sa.Dialect) -> str:
        """The SQL text for a dialect."""
        if dialect.name in {"mysql", "mariadb"}:
            return self.mysql if getattr(dialect, "is_mariadb", False) else self.mysql_only
        return self.postgresql if dialect.name == "postgresql" else self.sqlite


@compiles(ServerDefault)
def _compile_server_default(element: ServerDefault, compiler: SQLCompiler, **_: Any) -> str:
    return element.spelled(compiler.dialect)


def quoted(text: str) -> str:
    """A string literal of standard SQL."""
    return "'" + text.replace("'", "''") + "'"


def utc_now() -> ServerDefault:
    """The present moment in UTC: to the microsecond, but to the millisecond on SQLite, which has no finer clock.

    MySQL's DATETIME has no time zone, so it is ``utc_timestamp``, not ``current_timestamp``, which is in the session's.
    SQLite's text is as long as the one that ``UtcDateTime`` writes, so that texts sort as moments do.
    """
    return ServerDefault(
        postgresql="now()",
        mysql="utc_timestamp(6)",
        mysql_only="(utc_timestamp(6))",
        sqlite="(strftime('%Y-%m-%d %H:%M:%f000', 'now'))",
    )


def text_value(text: str) -> ServerDefault:
    """A constant text; quotes in it are escaped."""
    literal = quoted(text)
    return ServerDefault(postgresql=literal, mysql=literal, sqlite=literal)


def number_value(number: int) -> ServerDefault:
    """A constant whole number."""
    return ServerDefault(postgresql=str(number), mysql=str(number), sqlite=str(number))


def true_value() -> ServerDefault:
    """Truth: a word on PostgreSQL, 1 elsewhere."""
    return ServerDefault(postgresql="true", mysql="1", sqlite="1")


def json_value(value: Any) -> ServerDefault:
    """A constant JSON document. MySQL wants an expression where MariaDB takes the literal, and names its characters."""
    literal = quoted(json.dumps(value))
    return ServerDefault(
        postgresql=f"{literal}::jsonb", mysql=literal, mysql_only=f"(_utf8mb4{literal})", sqlite=literal
    )


def empty_strings() -> ServerDefault:
    """An array without members, as ``StringArray`` keeps it."""
    return ServerDefault(postgresql="'{}'::text[]", mysql="'[]'", mysql_only="(_utf8mb4'[]')", sqlite="'[]'")
