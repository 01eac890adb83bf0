"""The parameters of lists and rows in the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bothways.crud.deletion import DELETED
from bothways.crud.expansion import MOST
from bothways.crud.filters import operators_of, parameter_of
from bothways.crud.listing import FORMATS, MOST_ROWS, words_of_lists
from bothways.crud.patterns import has_whole_members, labels_of, listed, pattern_of
from bothways.crud.sorting import MOST_KEYS, sortable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.crud.expansion import Relation
    from bothways.crud.listing import PageSizes
    from bothways.crud.shapes import Field, Shape

JSON: TypeAlias = dict[str, Any]

_EXAMPLES: Final = {
    "integer": "gte:10",
    "decimal": "gte:10",
    "float": "lt:0.5",
    "boolean": "true",
    "uuid": "in:8c1f1a0e-7c39-4b8e-9a54-0d5a4d3f2b11",
    "moment": "lt:2026-01-01T00:00:00Z",
    "local datetime": "lt:2026-01-01T00:00:00",
    "date": "between:2026-01-01,2026-12-31",
    "time": "gte:12:30:00",
    "address": "192.0.2.1",
    "network": "192.0.2.0/24",
    "duration": "P1DT12H",
    "text": "ilike:%word%",
}


def of_list(shape: Shape, relations: Mapping[str, Relation], sizes: PageSizes) -> list[JSON]:
    """The parameters of a list: how much of it, in which order, what of each row, and one for each field."""
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": sizes.usual}
    words = words_of_lists(shape)
    return [
        _query("limit", limit, f"Rows on a page, at most {sizes.most}; of a stream, rows in all, which may be more"),
        _query("cursor", {"type": "string"}, "The next or previous of a page of the same list"),
        _sort(shape),
        *of_row(shape, relations),
        _query("count", {"type": "string", "enum": ["exact"]}, "exact tells in total how many rows there are"),
        _query("format", {"type": "string", "enum": list(FORMATS)}, _FORMAT),
        _query("csv", {"type": "string", "enum": ["safe"]}, "safe puts ' before a text that looks like a formula"),
        *(_filter(field, parameter_of(field.name, words)) for field in shape.readable),
    ]


def of_row(shape: Shape, relations: Mapping[str, Relation]) -> list[JSON]:
    """The parameters of a row: which of its fields, and which related rows."""
    found = [_names("fields", [f.name for f in shape.readable], "The fields of each row, in that order")]
    if shape.soft_delete is not None:
        found.append(_query("deleted", {"type": "string", "enum": list(DELETED), "default": DELETED[0]}, _DELETED))
    if relations:
        words = f"Related rows inside each row; of many, the first {MOST} by their keys"
        found.append(_names("expand", list(relations), words))
    return found


_DELETED: Final = "Whether deleted rows are left out, shown among the others, or shown alone"
_FORMAT: Final = "ndjson or csv is the whole list as a stream; so is Accept: application/x-ndjson or text/csv"


def _sort(shape: Shape) -> JSON:
    names = [f.name for f in shape.readable if sortable(f)]
    signed = [*names, *(f"-{name}" for name in names)]
    words = "Fields to sort by, - before one for descending; nulls are the largest, the key is always last"
    found = {**_names("sort", signed, words), "example": [signed[-1]]}
    found["schema"]["maxItems"] = MOST_KEYS
    return found


def _names(name: str, known: list[str], words: str) -> JSON:
    schema = {"type": "array", "items": {"type": "string", "enum": known}, "minItems": 1, "uniqueItems": True}
    return {**_query(name, schema, words), "style": "form", "explode": False}


def _filter(field: Field, name: str) -> JSON:
    schema = {"type": "array", "items": {"type": "string", "pattern": pattern_of(field)}}
    words = f"{field.column.comment or field.name}. Operators: {', '.join(operators_of(field))}"
    if field.kind.name == "json":
        words += f". Of a part of it: {name}.key=eq:value, with the operators of a text or a number"
    return {**_query(name, schema, words), "style": "form", "explode": True, "example": [_example(field)]}


def _example(field: Field) -> str:
    if field.kind.name == "enum":
        return f"in:{listed(labels_of(field)[0])}"
    if "contains" in operators_of(field):
        return "contains:1,2" if has_whole_members(field) else "contains:red,blue"
    return _EXAMPLES.get(field.kind.name, "not:null")


def _query(name: str, schema: JSON, words: str) -> JSON:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": words}
