"""What a list asks for: filters, a page's size, and the place to go on from."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from pydantic_core import from_json, to_json

from bothways.crud.query import Filter
from bothways.errors import InvalidRequest
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bothways.crud.shapes import Shape

_MOST_PARAMETERS: Final = 100
# A filter is FIELD=VALUE or FIELD=OPERATOR:VALUE. These words before a colon are always operators, so that a value that
# begins with one is written as eq:VALUE, today and when more of them are answered.
_OPERATORS: Final = frozenset({"eq", "is"})
_RESERVED: Final = _OPERATORS | {"ne", "gt", "gte", "lt", "lte", "in", "like", "ilike", "contains", "not"}


@dataclass(frozen=True, slots=True)
class PageSizes:
    """How many rows a page has where the client does not say, and at most."""

    usual: int = 50
    most: int = 100


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list: its conditions, the key after which it begins, and its size."""

    filters: tuple[Filter, ...]
    after: tuple[Any, ...] | None
    limit: int


def listing(shape: Shape, query: bytes, sizes: PageSizes) -> Listing:
    """Read a query string; raises InvalidRequest with every fault."""
    given, faults = _parameters(query)
    filters: list[Filter] = []
    after: tuple[Any, ...] | None = None
    limit = sizes.usual
    for name, text in given.items():
        try:
            if name == "limit":
                limit = _limit(text, sizes)
            elif name == "after":
                after = _place(shape, text)
            else:
                filters.append(_filter(shape, name, text))
        except InvalidRequest as error:
            faults += error.details["errors"]
    if faults:
        raise InvalidRequest(
            f"the query does not fit: {len(faults)} fault{'s' if len(faults) > 1 else ''}", details={"errors": faults}
        )
    return Listing(tuple(filters), after, limit)


def place_after(shape: Shape, document: Mapping[str, Any]) -> str:
    """The cursor by which a list goes on after that row; opaque to clients."""
    key = to_json([document[k.name] for k in shape.keys])
    return urlsafe_b64encode(key).decode().rstrip("=")


def _parameters(query: bytes) -> tuple[dict[str, str], list[dict[str, Any]]]:
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError:
        raise _fault(
            "query", "query_string", "The query string should be UTF-8 and have at most 100 parameters"
        ) from None
    given: dict[str, str] = {}
    faults: list[dict[str, Any]] = []
    for name, text in pairs:
        if name in given:
            faults += _fault(name, "repeated", "Parameter should be given once").details["errors"]
        given[name] = text
    return given, faults


def _limit(text: str, sizes: PageSizes) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= sizes.most:
        return int(text[:9])
    raise _fault("limit", "limit", f"Input should be a whole number from 1 to {sizes.most}")


def _place(shape: Shape, cursor: str) -> tuple[Any, ...]:
    try:
        key = from_json(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(key, list) and len(key) == len(shape.keys):
            return shape.key([part if isinstance(part, str) else to_json(part).decode() for part in key])
    except (ValueError, InvalidRequest):
        pass
    raise _fault("after", "cursor", "Input should be the next of an earlier page of the same list")


def _filter(shape: Shape, name: str, text: str) -> Filter:
    comparable = {f.name: f for f in shape.readable if f.kind.comparable}
    if name not in comparable:
        hint = nearest(name, [*comparable, "limit", "after"])
        raise _fault(name, "unknown_parameter", f"There is no such field to filter by: {hint}")
    operator, colon, rest = text.partition(":")
    if not colon or operator not in _RESERVED:
        operator, rest = "eq", text
    if operator not in _OPERATORS:
        raise _fault(name, "operator", "Operator should be eq or is; write a value that begins like one as eq:VALUE")
    if operator == "is":
        if rest != "null":
            raise _fault(name, "operator", "After is: there should be null")
        return Filter(name, None)
    return Filter(name, shape.value(name, rest, ("query", name)))


def _fault(name: str, kind: str, words: str) -> InvalidRequest:
    return InvalidRequest(words, details={"errors": [{"loc": ["query", name], "type": kind, "msg": words}]})


def filterable(shape: Shape) -> Sequence[str]:
    """The fields by which a list can be filtered."""
    return [f.name for f in shape.readable if f.kind.comparable]
