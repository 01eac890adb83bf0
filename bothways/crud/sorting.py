"""The order of a list: by which fields, and which rows come after a place in it.

A null is larger than any value, so the order backwards is the order forwards in a mirror. The fields of the primary key
that a client does not name come last, so that no two rows have one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from bothways.crud.faults import fault
from bothways.dialects import asked
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bothways.crud.shapes import Field, Shape

MOST_KEYS: Final = 8
MOST_LENGTH: Final = 255
"""MySQL sorts by the first 1,024 bytes of a text only, so longer texts have no place that a page could begin at."""
_KINDS: Final = frozenset({"integer", "decimal", "moment", "local datetime", "date", "time", "uuid", "boolean", "enum"})


@dataclass(frozen=True, slots=True)
class Key:
    """A field by which a list is sorted."""

    name: str
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


def sortable(field: Field) -> bool:
    """Whether a list can be sorted by a field."""
    type_ = field.column.type
    if field.kind.name == "text":
        length = getattr(getattr(type_, "impl_instance", type_), "length", None)
        return length is not None and length <= MOST_LENGTH
    return field.kind.name in _KINDS or isinstance(type_, sa.Double)


def order(shape: Shape, text: str | None) -> tuple[Key, ...]:
    """Read ``-price,name``; raises InvalidRequest. The primary key goes the way of the last field."""
    keys: list[Key] = []
    offered = [f.name for f in shape.readable if sortable(f)]
    for part in text.split(",") if text is not None else ():
        key = Key(part.removeprefix("-"), part.startswith("-"))
        if key.name not in offered:
            raise fault("sort", "unknown_field", f"There is no such field to sort by: {nearest(key.name, offered)}")
        if key.name in (known.name for known in keys):
            raise fault("sort", "repeated", "A field should be named once")
        keys.append(key)
    if len(keys) > MOST_KEYS:
        raise fault("sort", "too_many", f"There should be at most {MOST_KEYS} fields")
    descending = bool(keys) and keys[-1].descending
    rest = (k.name for k in shape.keys if k.name not in {known.name for known in keys})
    return (*keys, *(Key(name, descending) for name in rest))


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: the values of its keys, and which way to go on from it."""

    values: tuple[Any, ...]
    back: bool = False
    inclusive: bool = False
    """Whether the row at that place belongs to the page, as where a page before it or after it turned out empty."""

    @property
    def form(self) -> tuple[Any, ...]:
        """What its SQL depends on."""
        return self.back, self.inclusive, tuple(value is None for value in self.values)

    def parameters(self) -> dict[str, Any]:
        """The parameters of its SQL."""
        return {_name(i): value for i, value in enumerate(self.values) if value is not None}


def order_by(shape: Shape, keys: Sequence[Key], *, back: bool) -> list[Any]:
    """The keys as SQL sorts by them."""
    found: list[Any] = []
    for key in keys:
        field, descending = shape.by_name[key.name], key.descending is not back
        expression = _expression(field)
        if field.nullable:
            found.append((asked.Descending if descending else asked.Ascending)(expression))
        else:
            found.append(expression.desc() if descending else expression.asc())
    return found


def beyond(shape: Shape, keys: Sequence[Key], place: Place) -> sa.ColumnElement[bool]:
    """The rows on the far side of a place: ``a >= :a AND (a > :a OR (a = :a AND b > :b))``.

    The first condition says nothing new, but it is what an engine's index can begin with.
    """
    steps: list[Any] = []
    equal: list[Any] = []
    for i, key in enumerate(keys):
        step = _Step(shape.by_name[key.name], i, place.values[i] is None, key.descending is not place.back)
        further = step.further()
        if further is not None:
            steps.append(sa.and_(*equal, further))
        equal.append(step.same())
    if place.inclusive:
        steps.append(sa.and_(*equal))
    first = _Step(shape.by_name[keys[0].name], 0, place.values[0] is None, keys[0].descending is not place.back)
    bound = first.bound()
    return sa.and_(*(() if bound is None or len(keys) == 1 else (bound,)), sa.or_(sa.false(), *steps))


@dataclass(frozen=True, slots=True)
class _Step:
    """One key's part of the rows beyond a place."""

    field: Field
    position: int
    null: bool
    descending: bool

    def same(self) -> Any:
        return self._expression.is_(None) if self.null else self._expression == self._value

    def further(self) -> Any:
        """Larger, or smaller where it descends; None where nothing is."""
        if self.null:
            return self._expression.is_not(None) if self.descending else None
        if self.descending:
            return self._expression < self._value
        larger = self._expression > self._value
        return sa.or_(larger, self._expression.is_(None)) if self.field.nullable else larger

    def bound(self) -> Any:
        """What every row beyond has; None where that is nothing an index knows."""
        if self.null:
            return None
        if self.descending:
            return self._expression <= self._value
        return None if self.field.nullable else self._expression >= self._value

    @property
    def _expression(self) -> Any:
        return _expression(self.field)

    @property
    def _value(self) -> sa.BindParameter[Any]:
        return sa.bindparam(_name(self.position), type_=_type(self.field))


def placed(field: Field, value: Any) -> Any:
    """A value of a cursor's as it is compared with: of an enum, the place of its label."""
    return _labels(field).index(value) if field.kind.name == "enum" else value


def _expression(field: Field) -> Any:
    """What a field is sorted by: an enum by the order in which the models have its labels, on every engine."""
    if field.kind.name != "enum":
        return field.column
    type_ = field.column.type
    members: Any = getattr(type_, "enum_class", None) or _labels(field)
    ranks: list[Any] = [
        (field.column == sa.literal(m, type_), sa.literal_column(str(i))) for i, m in enumerate(members)
    ]
    return sa.type_coerce(sa.case(*ranks), sa.Integer())


def _labels(field: Field) -> list[str]:
    type_: Any = field.column.type
    return list(type_.enums)


def _type(field: Field) -> Any:
    if field.kind.name == "enum":
        return sa.Integer()
    # A text is compared as it is in the database, whatever a decorator makes of what clients send.
    return sa.String() if field.kind.name == "text" else field.column.type


def _name(position: int) -> str:
    return f"bothways place {position}"
