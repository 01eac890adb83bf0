"""Rows that are deleted but kept: a table with such a column hides them until they are restored or purged.

The column is a nullable moment named ``deleted_at``, or the one whose ``info`` says ``{"soft_delete": True}``; where it
says ``{"soft_delete": False}`` it is a column like any other. It is set by a delete only, never by a body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bothways.crud.shapes import Shape

Deleted: TypeAlias = Literal["exclude", "include", "only"]
"""Whether deleted rows are left out, shown among the others, or shown alone."""
DELETED: Final[tuple[Deleted, ...]] = ("exclude", "include", "only")
_NAME: Final = "deleted_at"


def soft_delete_column(table: sa.Table) -> sa.Column[Any] | None:
    """The column that says when a row was deleted; None where rows of the table are really deleted."""
    return next((column for column in table.columns if _is_it(column)), None)


def standing(shape: Shape, deleted: Deleted = "exclude") -> Iterable[sa.ColumnElement[bool]]:
    """The conditions by which a statement leaves deleted rows out, or shows them alone; none where it shows all."""
    if shape.soft_delete is None or deleted == "include":
        return ()
    column = shape.soft_delete.column
    return (column.is_(None) if deleted == "exclude" else column.is_not(None),)


def _is_it(column: sa.Column[Any]) -> bool:
    chosen: bool | None = column.info.get("soft_delete")
    if chosen is None:
        return column.name == _NAME and bool(column.nullable) and _is_moment(column.type)
    return chosen


def _is_moment(type_: sa.types.TypeEngine[Any]) -> bool:
    kept = type_.impl_instance if isinstance(type_, sa.types.TypeDecorator) else type_
    return isinstance(kept, sa.DateTime)
