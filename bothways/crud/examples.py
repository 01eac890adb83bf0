"""What the OpenAPI document shows: rows of a table and bodies for it, made of values that its fields take.

There are two of everything, so that two rows can be there at the same time, whatever is unique.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pydantic import TypeAdapter, ValidationError

from bothways.crud.formats import Csv, ndjson
from bothways.crud.patterns import labels_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bothways.crud.shapes import Field, Shape

JSON: TypeAlias = dict[str, Any]
FIRST, SECOND = 0, 1
# The first pair that fits counts: a decimal may have few places, a text be short, or an address for e-mail.
_PAIRS: Final[dict[str, tuple[tuple[Any, Any], ...]]] = {
    "array": ((["red"], ["blue"]), ([1], [2]), ([], [])),
    "boolean": ((True, False),),
    "bytes": (("AAH/", "AQID"),),
    "date": (("2026-11-21", "2026-11-22"),),
    "decimal": (("12.50", "7.25"), ("12.5", "7.5"), ("12", "7"), ("0.5", "0.2"), ("0.05", "0.02")),
    "duration": (("P1DT12H", "PT30M"),),
    "float": ((0.5, 1.5),),
    "integer": ((1, 2),),
    "json": (({"key": "value"}, {"key": "other"}),),
    "local datetime": (("2026-11-21T12:00:00", "2026-11-22T12:00:00"),),
    "moment": (("2026-11-21T12:00:00Z", "2026-11-22T12:00:00Z"),),
    "address": (("192.0.2.1", "2001:db8::1"),),
    "network": (("192.0.2.0/24", "2001:db8::/32"),),
    "text": (("ada@example.com", "grace@example.com"), ("EUR", "USD"), ("x", "y")),
    "time": (("12:00:00", "12:30:00"),),
    "uuid": (("8c1f1a0e-7c39-4b8e-9a54-0d5a4d3f2b11", "0b7e7a52-6f0e-4f5b-8d0c-3a1c5f1e9d27"),),
}


def row(shape: Shape) -> JSON:
    """A row as answers have it: where it need not, it refers to no other, and nothing has come to an end."""
    return {f.name: None if f.nullable and _is_left_out(f) else _value(f) for f in shape.readable}


def _is_left_out(field: Field) -> bool:
    return _refers(field) or field.kind.name == "moment"


def page(shape: Shape) -> JSON:
    """A list that has one page."""
    return {"items": [row(shape)], "next": None, "previous": None}


def lines(shape: Shape) -> str:
    """The same as NDJSON."""
    return ndjson([row(shape)]).decode()


def table(shape: Shape) -> str:
    """The same as CSV."""
    written = Csv(shape.readable, safe=False)
    return (written.header() + written.lines([row(shape)])).decode()


def to_create(shape: Shape, which: int = FIRST) -> JSON:
    """A body with what a new row needs."""
    return _body([f for f in shape.fields if f.writable], which)


def to_replace(shape: Shape) -> JSON:
    """A body with what a row needs that takes another's place."""
    return _body([f for f in shape.fields if f.changeable])


def to_change(shape: Shape) -> JSON:
    """A body with one field; one that refers to another row would show nobody what a change is."""
    body = to_replace(shape)
    name = min(body, key=lambda name: _refers(shape.by_name[name]))
    return {name: body[name]}


def _body(fields: Sequence[Field], which: int = FIRST) -> JSON:
    needed = [f for f in fields if f.required] or sorted(fields, key=_refers)[:1]
    return {f.name: _value(f, which) for f in needed}


def _refers(field: Field) -> bool:
    return bool(field.column.foreign_keys)


def _value(field: Field, which: int = FIRST) -> Any:
    """The first of some values that the field takes; None where none of them is one."""
    adapter: TypeAdapter[Any] = TypeAdapter(field.kind.accepts)
    return next((pair[which] for pair in _pairs(field) if _takes(adapter, pair[which])), None)


def _pairs(field: Field) -> Iterable[tuple[Any, Any]]:
    if field.kind.name == "enum":
        labels = labels_of(field)
        return [(labels[0], labels[-1])]
    words = field.name.replace("_", " ")
    own = [(f"{words} 1", f"{words} 2")] if field.kind.name == "text" else []
    return [*own, *_PAIRS.get(field.kind.name, ())]


def _takes(adapter: TypeAdapter[Any], value: Any) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True
