"""Questions about rows as SQL.

The statements of a shape are built once and compiled once an engine. An operation is a generator that asks them
(:mod:`bothways.dialects.performing`). What changes rows is in :mod:`bothways.crud.changes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa

from bothways.crud.deletion import standing
from bothways.dialects.performing import Ask, Features, Work

if TYPE_CHECKING:
    from bothways.crud.shapes import Shape
    from bothways.dialects.performing import Answer

Row: TypeAlias = Sequence[Any]


class Queries:
    """The statements of one shape, and the operations that run them."""

    def __init__(self, shape: Shape, *, owned: bool = False) -> None:
        columns = [f.column for f in shape.readable]
        here, there = at_key(shape), [*standing(shape), *of_owner(shape, owned=owned)]
        self.more: dict[str, Any] = {}
        self._owned = Queries(shape, owned=True) if shape.owner is not None and not owned else self
        self._select = sa.select(*columns).where(here, *there)

    def of(self, owner: Any) -> Queries:
        """The same on rows of that owner only: a condition in each statement."""
        mine = copy(self._owned)
        mine.more = owner_values(owner)
        return mine

    def get(self, _features: Features, key: Sequence[Any]) -> Work[Row | None]:
        """The row of that key, None where there is none."""
        return _first((yield Ask(self._select, {**key_values(key), **self.more})))


def _first(answer: Answer) -> Row | None:
    return answer.rows[0] if answer.rows else None


# Names of parameters that no column has.
_OWNER = "bothways owner"


def _key(position: int) -> str:
    return f"bothways key {position}"


def at_key(shape: Shape) -> sa.ColumnElement[bool]:
    """The condition that finds the row of a key, with the parameters of :func:`key_values`."""
    return sa.and_(*(key.column == sa.bindparam(_key(i)) for i, key in enumerate(shape.keys)))


def key_values(key: Sequence[Any]) -> dict[str, Any]:
    """The parameters of :func:`at_key`."""
    return {_key(i): value for i, value in enumerate(key)}


def of_owner(shape: Shape, *, owned: bool) -> list[sa.ColumnElement[bool]]:
    """The condition that a row is one owner's, with the parameter of :func:`owner_values`."""
    return [shape.table.c[shape.owner] == sa.bindparam(_OWNER)] if owned and shape.owner is not None else []


def owner_values(owner: Any) -> dict[str, Any]:
    """The parameter of :func:`of_owner`."""
    return {_OWNER: owner}


def owner_of(shape: Shape, whose: str | None) -> dict[str, Any]:
    """The parameter of :func:`of_owner` where only rows of ``whose`` may be seen; none where all may be.

    Raises InvalidRequest.
    """
    if whose is None or shape.owner is None:
        return {}
    return owner_values(shape.value(shape.owner, whose, ("credentials", shape.owner)))
