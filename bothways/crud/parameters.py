"""The parameters of lists and rows in the OpenAPI document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from bothways.crud.deletion import DELETED
from bothways.crud.expansion import MOST
from bothways.crud.filters import NULLS, OPERATORS, operators_of
from bothways.crud.sorting import sortable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.crud.expansion import Relation
    from bothways.crud.listing import PageSizes
    from bothways.crud.shapes import Field, Shape

JSON: TypeAlias = dict[str, Any]

# How a value of a kind is spelled in an address; any text where the kind is not here.
_VALUES: Final = {
    "integer": r"-?[0-9]{1,4}",
    "decimal": r"[0-9]{1,8}",
    "float": r"-?[0-9]{1,15}(\.[0-9]{1,10})?",
    "boolean": "(true|false)",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "moment": r"2[0-9]{3}-(0[1-9]|1[0-2])-([01][1-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z",
    "date": "2[0-9]{3}-(0[1-9]|1[0-2])-([01][1-9]|2[0-8])",
    "text": "[a-z0-9 ]{0,10}",
}
_EXAMPLES: Final = {
    "integer": "gte:10",
    "decimal": "gte:10.00",
    "boolean": "true",
    "moment": "lt:2026-01-01T00:00:00Z",
    "text": "ilike:%word%",
    "array": "contains:red,blue",
}


def of_list(shape: Shape, relations: Mapping[str, Relation], sizes: PageSizes) -> list[JSON]:
    """The parameters of a list: how much of it, in which order, what of each row, and one for each field."""
    limit = {"type": "integer", "minimum": 1, "maximum": sizes.most, "default": sizes.usual}
    return [
        _query("limit", limit, "Rows on a page; of a stream, rows in all, which may be more"),
        _query("cursor", {"type": "string"}, "The next or previous of a page of the same list"),
        _sort(shape),
        *of_row(shape, relations),
        _query("count", {"type": "string", "enum": ["exact"]}, "exact tells in total how many rows there are"),
        _query("format", {"type": "string", "enum": ["json", "ndjson", "csv"]}, _FORMAT),
        _query("csv", {"type": "string", "enum": ["safe"]}, "safe puts ' before a text that looks like a formula"),
        *(_filter(field) for field in shape.readable),
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
    return {**_names("sort", signed, words), "example": [signed[-1]]}


def _names(name: str, known: list[str], words: str) -> JSON:
    schema = {"type": "array", "items": {"type": "string", "enum": known}, "minItems": 1, "uniqueItems": True}
    return {**_query(name, schema, words), "style": "form", "explode": False}


def _filter(field: Field) -> JSON:
    operators = operators_of(field)
    schema = {"type": "array", "items": {"type": "string", "pattern": _pattern(field, operators)}}
    words = f"{field.column.comment or field.name}. Operators: {', '.join(operators)}"
    if field.kind.name == "json":
        words += f". Of a part of it: {field.name}.key=eq:value, with the operators of a text or a number"
    example = _EXAMPLES.get(field.kind.name)
    more = {"example": [example]} if example is not None else {}
    return {**_query(field.name, schema, words), "style": "form", "explode": True, **more}


def _pattern(field: Field, operators: tuple[str, ...]) -> str:
    """What is certainly right; the operators' own limits are in the text of docs/api.md."""
    nothing = f"({'|'.join(NULLS)}):null"
    if field.kind.name == "text":
        return f"^({_of_text(field, operators)}|{nothing})$"
    value = _value(field)
    if value is None or set(operators) <= set(NULLS):
        return f"^{nothing}$"
    if "contains" in operators:
        return f"^(contains:{value}(,{value}){{0,3}}|{nothing})$"
    plain = [name for name in operators if name in {"eq", "ne", "gt", "gte", "lt", "lte", "like", "ilike"}]
    several = [name for name in operators if name in {"in", "nin"}]
    found = [f"(({'|'.join(plain)}):)?{value}", f"({'|'.join(several)}):{value}(,{value}){{0,3}}"]
    if "between" in operators:
        found.append(f"between:{value},{value}")
    return f"^({'|'.join([*found, nothing])})$"


def _of_text(field: Field, operators: tuple[str, ...]) -> str:
    """Any text that does not begin like an operator, or an operator and any text; lists and patterns have limits."""
    length = getattr(field.column.type, "length", None)
    anything = rf"[^\x00]{{0,{length or ''}}}"
    compared = "|".join(name for name in operators if name in {"eq", "ne", "gt", "gte", "lt", "lte"})
    plain, listed = _VALUES["text"], rf"[^\x00,\\]{{0,{min(length or 20, 20)}}}"
    return (
        rf"(?!({'|'.join(sorted(OPERATORS))}):){anything}|({compared}):{anything}|(like|ilike):{plain}"
        rf"|(in|nin):{listed}(,{listed}){{0,3}}|between:{listed},{listed}"
    )


def _value(field: Field) -> str | None:
    if field.kind.name == "enum":
        labels: list[str] = getattr(field.column.type, "enums", [])
        return f"({'|'.join(map(re.escape, labels))})"
    return "[a-z0-9]{1,10}" if field.kind.name == "array" else _VALUES.get(field.kind.name)


def _query(name: str, schema: JSON, words: str) -> JSON:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": words}
