"""What a driver says of a row that breaks a rule, and of work that gave way to another session's.

Each driver says it in its own way (a SQLSTATE with the constraint's name, a number with a sentence, a sentence); one
reader a dialect turns that into a :class:`Violation`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from bothways.dialects.diagnosis import causes

if TYPE_CHECKING:
    from collections.abc import Callable

Rule = Literal["unique", "foreign-key", "check", "not-null", "length", "range", "value", "trigger", "missing"]
_GAVE_WAY: Final[frozenset[object]] = frozenset(
    {"40001", "40P01", 1020, 1205, 1213, "SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED_SHAREDCACHE"}
)
"""A serialization failure, a deadlock, a lock that did not come: the work was undone and may be done again."""

_DEADLOCKS: Final[frozenset[object]] = frozenset({"40P01", 1213})


@dataclass(frozen=True, slots=True)
class Violation:
    """Which kind of rule a row broke; ``missing`` means that the database lacks the table or the column itself."""

    rule: Rule
    constraint: str | None = None
    columns: tuple[str, ...] = ()


def violation_in(caught: BaseException, dialect: str) -> Violation | None:
    """What a driver's exception says of a row; None where it is about something else."""
    reader = _READERS[dialect]
    return next((found for found in map(reader, causes(caught)) if found is not None), None)


def is_unnamed_key(caught: BaseException) -> bool:
    """Whether a foreign key refused a row and its driver, which is SQLite's, does not say which."""
    return any(found is not None and found.rule == "foreign-key" for found in map(_read_sqlite, causes(caught)))


def gave_way(caught: BaseException) -> bool:
    """Whether the work lost against another session's and may be done again from its beginning."""
    return _is_of(caught, _GAVE_WAY)


def deadlocked(caught: BaseException) -> bool:
    """Whether it lost by a deadlock, which a server may take a while to see."""
    return _is_of(caught, _DEADLOCKS)


def _is_of(caught: BaseException, codes: frozenset[object]) -> bool:
    for error in causes(caught):
        number = error.args[0] if error.args and isinstance(error.args[0], int) else None
        if {getattr(error, "sqlstate", None), getattr(error, "sqlite_errorname", None), number} & codes:
            return True
    return False


# https://www.postgresql.org/docs/current/errcodes-appendix.html
_STATES: Final[dict[str, Rule]] = {
    "23505": "unique",
    "23P01": "unique",
    "23503": "foreign-key",
    "23001": "foreign-key",
    "23514": "check",
    "23502": "not-null",
    "22001": "length",
    "22003": "range",
    "22008": "range",
    "22007": "value",
    "22P02": "value",
    "22P05": "value",
    "P0001": "trigger",
    "42P01": "missing",
    "42703": "missing",
    "42704": "missing",
}


def _read_postgresql(error: BaseException) -> Violation | None:
    state = getattr(error, "sqlstate", None)
    rule = _STATES.get(state) if isinstance(state, str) else None
    # asyncpg's exception names the constraint itself, psycopg's by its ``diag``, SQLAlchemy's wrapper does not.
    told = getattr(error, "diag", error)
    if rule is None or not hasattr(told, "constraint_name"):
        return None
    column: str | None = getattr(told, "column_name", None)
    return Violation(rule, told.constraint_name, (column,) if column else ())


# https://mariadb.com/kb/en/mariadb-error-code-reference/
_NUMBERS: Final[dict[int, Rule]] = {
    1062: "unique",
    1586: "unique",
    1216: "foreign-key",
    1217: "foreign-key",
    1451: "foreign-key",
    1452: "foreign-key",
    3819: "check",
    4025: "check",
    1048: "not-null",
    1364: "not-null",
    1406: "length",
    1264: "range",
    1690: "range",
    1265: "value",
    1292: "value",
    1366: "value",
    3140: "value",
    1644: "trigger",
    1054: "missing",
    1146: "missing",
}
_MYSQL_KEY: Final = re.compile(r"for key '(?:[^'.]*\.)?([^'.]+)'$")
_MYSQL_CONSTRAINT: Final = re.compile(r"(?:CONSTRAINT `([^`]+)`|Check constraint '([^']+)')")
_MYSQL_COLUMN: Final = re.compile(r"(?:[Cc]olumn|Field) (?:'([^']+)'|(?:`[^`]+`\.)*`([^`]+)`)")


def _read_mysql(error: BaseException) -> Violation | None:
    if not type(error).__module__.startswith("pymysql") or len(error.args) < 2:
        return None
    number, text = error.args[0], str(error.args[1])
    rule = _NUMBERS.get(number) if isinstance(number, int) else None
    if rule is None:
        return None
    constraint = _first(_MYSQL_KEY if rule == "unique" else _MYSQL_CONSTRAINT, text)
    column = _first(_MYSQL_COLUMN, text) if rule in {"not-null", "length", "range", "value"} else None
    return Violation(rule, constraint, (column,) if column else ())


_SQLITE_CODES: Final[dict[str, Rule]] = {
    "SQLITE_CONSTRAINT_UNIQUE": "unique",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "unique",
    "SQLITE_CONSTRAINT_ROWID": "unique",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "foreign-key",
    "SQLITE_CONSTRAINT_TRIGGER": "trigger",
    "SQLITE_CONSTRAINT_CHECK": "check",
    "SQLITE_CONSTRAINT_NOTNULL": "not-null",
    "SQLITE_TOOBIG": "length",
    "SQLITE_MISMATCH": "value",
}
_SQLITE_MISSING: Final = re.compile(r"no such (table|column)|has no column named")


def _read_sqlite(error: BaseException) -> Violation | None:
    name = getattr(error, "sqlite_errorname", None)
    if name is None:
        return None
    text = str(error.args[0] if error.args else "")
    rule = _SQLITE_CODES.get(name)
    if rule == "trigger":
        # ON DELETE RESTRICT is a trigger of SQLite's own. What another one says may repeat values.
        return Violation("foreign-key" if text == "FOREIGN KEY constraint failed" else "trigger")
    if rule is None:
        return Violation("missing") if _SQLITE_MISSING.search(text) else None
    subject = text.rpartition("failed: ")[2] if "failed: " in text else ""
    if rule in {"unique", "not-null"} and not subject.startswith("index "):
        return Violation(rule, None, tuple(part.rpartition(".")[2] for part in subject.split(", ") if part))
    return Violation(rule, subject.removeprefix("index ").strip("'") or None)


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return next((group for group in found.groups() if group), None) if found else None


_READERS: Final[dict[str, Callable[[BaseException], Violation | None]]] = {
    "postgresql": _read_postgresql,
    "mysql": _read_mysql,
    "sqlite": _read_sqlite,
}
