"""What a table asks of its rows, as far as it can be read from the models: bounds, comparisons, keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOUND: Final = re.compile(r"\b(\w+)\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\b")
_BETWEEN: Final = re.compile(r"\b(\w+)\s+between\s+(-?\d+(?:\.\d+)?)\s+and\s+(-?\d+(?:\.\d+)?)", re.I)
_COMPARED: Final = re.compile(r"\b(\w+)\s*(>=|<=|>|<)\s*(\w+)\b")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the largest value of a column, both included; None where there is none."""

    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two columns of which the first must not be more than the second."""

    less: str
    more: str


def conditions(table: sa.Table) -> Iterator[tuple[str, str]]:
    """The checks of a table: name and text."""
    for constraint in table.constraints:
        if isinstance(constraint, sa.CheckConstraint):
            yield str(constraint.name or ""), _text(constraint.sqltext)


def _text(condition: sa.ColumnElement[Any]) -> str:
    """A condition with its values written out, as they are in Python."""
    try:
        return str(condition.compile(compile_kwargs={"literal_binds": True}))
    except SQLAlchemyError:
        return str(condition)


def bounds_of(column: sa.Column[Any]) -> Bounds:
    """What the checks of its table say of a column."""
    low: list[Decimal] = []
    high: list[Decimal] = []
    for _, text in conditions(column.table):
        for name, operator, number in _BOUND.findall(text):
            if name == column.name:
                step = Decimal(operator in "<>")
                (low if operator[0] == ">" else high).append(
                    Decimal(number) + step if operator[0] == ">" else Decimal(number) - step
                )
        for name, least, most in _BETWEEN.findall(text):
            if name == column.name:
                low.append(Decimal(least))
                high.append(Decimal(most))
    return Bounds(max(low, default=None), min(high, default=None))


def comparisons(table: sa.Table) -> list[Comparison]:
    """What the checks say of two columns, as in ``starts_at < ends_at``; and nothing is changed before it was made."""
    found = []
    for _, text in conditions(table):
        for first, operator, second in _COMPARED.findall(text):
            if first in table.c and second in table.c:
                found.append(Comparison(first, second) if operator[0] == "<" else Comparison(second, first))
    if "created_at" in table.c and "updated_at" in table.c:
        found.append(Comparison("created_at", "updated_at"))
    return found


def keys(table: sa.Table) -> list[frozenset[str]]:
    """The sets of columns that no two rows may share."""
    found = [frozenset(table.primary_key.columns.keys())] if len(table.primary_key.columns) else []
    found += [
        frozenset(c.columns.keys()) for c in table.constraints if isinstance(c, sa.UniqueConstraint) and len(c.columns)
    ]
    found += [frozenset(i.columns.keys()) for i in table.indexes if i.unique and len(i.columns)]
    found += [frozenset([c.name]) for c in table.columns if c.unique]
    return list(dict.fromkeys(found))


def server_made(column: sa.Column[Any]) -> bool:
    """Whether the server makes the column's values, so that nobody else may."""
    return column.computed is not None or column.identity is not None or column is column.table.autoincrement_column
