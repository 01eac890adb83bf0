"""What a database refuses about a row, in our words: which rule, its constraint and its columns, never a value.

Each driver says it in its own way (a SQLSTATE with the constraint's name, a number with a sentence, a sentence); one
reader a dialect turns that into a :class:`Violation`, and the canonical table adds what the engine kept to itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import sqlalchemy as sa
from sqlalchemy_utils import get_referencing_foreign_keys

from bothways.dialects.diagnosis import causes
from bothways.errors import BothwaysError, Conflict, ConstraintViolated, DatabaseBehind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bothways.crud.shapes import Shape

Rule = Literal["unique", "foreign-key", "check", "not-null", "length", "range", "value", "trigger", "missing"]


@dataclass(frozen=True, slots=True)
class Violation:
    """Which kind of rule a row broke; ``missing`` means that the database lacks the table or the column itself."""

    rule: Rule
    constraint: str | None = None
    columns: tuple[str, ...] = ()


_WORDS: Final[dict[Rule, str]] = {
    "unique": "another row has the same {columns}",
    "foreign-key": "{columns} points at a row that does not exist",
    "check": "the values break the rule {constraint}",
    "not-null": "{columns} must not be null",
    "length": "{columns} is too long",
    "range": "{columns} is out of range",
    "value": "{columns} has a value that the database does not take",
    "trigger": "a trigger of the database refuses the row",
}
_CONFLICTS: Final = frozenset({"unique", "foreign-key"})


def refusal(
    caught: BaseException, dialect: str, shape: Shape, database: str, *, deleting: bool
) -> BothwaysError | None:
    """The exception of ours that a driver's exception about a row of ``shape`` means; None for any other."""
    reader = _READERS[dialect]
    found = next((v for v in map(reader, causes(caught)) if v is not None), None)
    if found is None:
        return None
    if found.rule == "missing":
        return DatabaseBehind(
            f"database {database!r} has no table {shape.name!r} as this build knows it",
            hint=f"bring it to the head revision: bothways upgrade {database}",
            details={"database": database, "table": shape.name},
        )
    known = _completed(found, shape.table)
    details = {"rule": known.rule, "constraint": known.constraint, "columns": list(known.columns)}
    if known.rule == "foreign-key" and deleting:
        return _still_referred_to(shape.table, details)
    words = _WORDS[known.rule].format(
        columns=", ".join(known.columns) or "a column", constraint=known.constraint or "of a check"
    )
    return (Conflict if known.rule in _CONFLICTS else ConstraintViolated)(words, details=details)


def _still_referred_to(table: sa.Table, details: Mapping[str, object]) -> Conflict:
    tables = _holding(table)
    return Conflict(
        f"rows of {' or '.join(tables)} refer to this one" if tables else "other rows refer to this one",
        hint="delete or change those first",
        details={**details, "columns": [], "tables": list(tables)},
    )


@cache
def _holding(table: sa.Table) -> tuple[str, ...]:
    """The tables whose rows can keep a row of ``table`` from being deleted."""
    yielding = {"CASCADE", "SET NULL", "SET DEFAULT"}
    keys = get_referencing_foreign_keys(table)
    return tuple(sorted({key.parent.table.name for key in keys if (key.ondelete or "").upper() not in yielding}))


def _completed(found: Violation, table: sa.Table) -> Violation:
    """The violation with the constraint or the columns that only the canonical table knows."""
    if found.constraint in {"PRIMARY", "pk"}:
        return _of_constraint(found, table.primary_key)
    rules: tuple[sa.Constraint | sa.Index, ...] = (*table.constraints, *table.indexes)
    for constraint in rules:
        names = tuple(c.name for c in getattr(constraint, "columns", ()))
        by_name = found.constraint is not None and constraint.name == found.constraint
        if by_name or (found.rule == "unique" and found.columns and names == found.columns and _is_unique(constraint)):
            return _of_constraint(found, constraint)
    foreign_keys = [c for c in table.constraints if isinstance(c, sa.ForeignKeyConstraint)]
    if found.rule == "foreign-key" and found.constraint is None and len(foreign_keys) == 1:
        return _of_constraint(found, foreign_keys[0])
    return found


def _of_constraint(found: Violation, constraint: sa.Constraint | sa.Index) -> Violation:
    name = str(constraint.name) if constraint.name else found.constraint
    columns = tuple(c.name for c in getattr(constraint, "columns", ()))
    return Violation(found.rule, name, found.columns or columns)


def _is_unique(constraint: sa.Constraint | sa.Index) -> bool:
    if isinstance(constraint, sa.Index):
        return bool(constraint.unique)
    return isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint)


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
