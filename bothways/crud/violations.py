"""What a database refuses about a row, in our words: which rule, its constraint and its columns, never a value.

What a driver says (:mod:`bothways.dialects.violations`) is completed with what only the canonical table knows.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import sqlalchemy as sa

from bothways.crud.references import KeyRefused, chains_to
from bothways.dialects.violations import Rule, Violation, violation_in
from bothways.errors import BothwaysError, Conflict, ConstraintViolated, DatabaseBehind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.crud.shapes import Shape

_Constraint: TypeAlias = sa.Constraint | sa.Index
_TEXT: Final = re.compile(r"'(?:[^']|'')*'")
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


def refusal(
    caught: BaseException, dialect: str, shape: Shape, database: str, *, deleting: bool, index: int | None = None
) -> BothwaysError | None:
    """The exception of ours that a driver's exception about a row of ``shape`` means; None for any other.

    ``index`` is the row's place in a body of many.
    """
    found = violation_in(caught, dialect)
    if found is None:
        return None
    if found.rule == "missing":
        return DatabaseBehind(
            f"database {database!r} has no table {shape.name!r} as this build knows it",
            hint=f"bring it to the head revision: bothways upgrade {database}",
            details={"database": database, "table": shape.name},
        )
    constraint = caught.key if isinstance(caught, KeyRefused) else _named(found, shape.table, deleting=deleting)
    known = _completed(found, shape.table, constraint)
    details: dict[str, Any] = {"rule": known.rule, "constraint": known.constraint, "columns": list(known.columns)}
    if known.rule == "foreign-key" and deleting:
        return _still_referred_to(shape.table, constraint, details)
    words = _WORDS[known.rule].format(
        columns=", ".join(known.columns) or "a column", constraint=known.constraint or "of a check"
    )
    place = ["body"] if index is None else ["body", index]
    faults = [{"loc": [*place, column], "type": known.rule, "msg": words} for column in known.columns]
    details["errors"] = faults or [{"loc": place, "type": known.rule, "msg": words}]
    return (Conflict if known.rule == "unique" else ConstraintViolated)(words, details=details)


def _still_referred_to(table: sa.Table, key: _Constraint | None, details: Mapping[str, object]) -> Conflict:
    keys = [chain[-1] for chain in chains_to(table)] if key is None else [key]
    tables = sorted({str(key.table.name) for key in keys if key.table is not None})
    return Conflict(
        f"rows of {' or '.join(tables)} refer to this one" if tables else "other rows refer to this one",
        hint="delete or change those first",
        details={**details, "tables": tables},
    )


def _named(found: Violation, table: sa.Table, *, deleting: bool) -> _Constraint | None:
    """The canonical rule that a driver names, by its name or its columns."""
    if deleting and found.rule == "foreign-key":
        keys = [chain[-1] for chain in chains_to(table) if chain[-1].name == found.constraint]
        # Two tables may have keys of one name, and a key without a name is not what was told by none.
        return keys[0] if len(keys) == 1 and found.constraint is not None else None
    if found.constraint in {"PRIMARY", "pk"}:
        return table.primary_key
    rules: tuple[_Constraint, ...] = (*table.constraints, *table.indexes)
    if found.constraint is not None:
        return next((rule for rule in rules if rule.name == found.constraint), None)
    alike = (rule for rule in rules if _is_unique(rule) and _columns(rule) == found.columns)
    return next(alike, None) if found.rule == "unique" else None


def _completed(found: Violation, table: sa.Table, constraint: _Constraint | None) -> Violation:
    """The violation with the name and the columns that only the canonical rule has."""
    if constraint is None:
        # A check without a name is named by its expression (SQLite) or its column (MariaDB).
        is_check = found.rule == "check" and found.constraint is not None
        return replace(found, columns=_columns_in(str(found.constraint), table)) if is_check else found
    name = str(constraint.name) if constraint.name else found.constraint
    return replace(found, constraint=name, columns=found.columns or _columns(constraint))


def _columns(constraint: _Constraint) -> tuple[str, ...]:
    known = tuple(str(c.name) for c in getattr(constraint, "columns", ()))
    if not known and isinstance(constraint, sa.CheckConstraint) and constraint.table is not None:
        return _columns_in(str(constraint.sqltext), constraint.table)
    return known


def _columns_in(text: str, table: sa.Table) -> tuple[str, ...]:
    """The columns that a check written as text is about: names that are whole words, neither texts nor functions."""
    bare = _TEXT.sub("", text)
    names = (str(column.name) for column in table.columns)
    return tuple(n for n in names if re.search(rf"(?<![\w$]){re.escape(n)}(?![\w$]|\s*\()", bare, re.IGNORECASE))


def _is_unique(constraint: _Constraint) -> bool:
    if isinstance(constraint, sa.Index):
        return bool(constraint.unique)
    return isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
