"""What a database refuses about a row, in our words: which rule, its constraint and its columns, never a value.

What a driver says (:mod:`bothways.dialects.violations`) is completed with what only the canonical table knows.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy_utils import get_referencing_foreign_keys

from bothways.dialects.violations import Rule, Violation, violation_in
from bothways.errors import BothwaysError, Conflict, ConstraintViolated, DatabaseBehind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.crud.shapes import Shape

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
    known = _completed(found, shape.table)
    details: dict[str, Any] = {"rule": known.rule, "constraint": known.constraint, "columns": list(known.columns)}
    if known.rule == "foreign-key" and deleting:
        return _still_referred_to(shape.table, details)
    words = _WORDS[known.rule].format(
        columns=", ".join(known.columns) or "a column", constraint=known.constraint or "of a check"
    )
    place = ["body"] if index is None else ["body", index]
    faults = [{"loc": [*place, column], "type": known.rule, "msg": words} for column in known.columns]
    details["errors"] = faults or [{"loc": place, "type": known.rule, "msg": words}]
    return (Conflict if known.rule == "unique" else ConstraintViolated)(words, details=details)


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
