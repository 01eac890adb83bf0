"""The document with narrower lists: what its patterns fit beyond this is right, but seldom says anything new.

A text of a thousand characters, a braced UUID and a whole number of forty digits are taken or refused like any other,
so requests that are to fit are made from these; requests that are not to fit are made from the document itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bothways.crud.filters import NULLS, OPERATORS, PATTERNS, operators_of
from bothways.crud.patterns import labels_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.crud.shapes import Field, Shape

_LIST = re.compile(r"/api/v1/\{database\}/(\w+)")
_VALUES = {
    "integer": r"-?[0-9]{1,4}",
    "decimal": r"[0-9]{1,8}(\.[0-9]{1,2})?",
    "float": r"-?[0-9]{1,15}(\.[0-9]{1,10})?",
    "boolean": "(true|false)",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "moment": r"2[0-9]{3}-(0[1-9]|1[0-2])-([01][1-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?Z",
    "date": "2[0-9]{3}-(0[1-9]|1[0-2])-([01][1-9]|2[0-8])",
    "address": r"(10\.0\.[0-9]\.[0-9]|2001:db8::[0-9a-f]{1,4})",
    "network": r"10\.[0-9]\.0\.0/16",
    "array": "[a-z0-9]{1,10}",
}
_WORD = "[a-z0-9 ]{0,10}"


def useful(document: dict[str, Any], shapes: Mapping[str, Shape], most: int) -> dict[str, Any]:
    """Narrow the lists of a document: conditions to what may find rows, pages to ``most`` rows."""
    for path, operations in document["paths"].items():
        shape = shapes.get(found[1]) if (found := _LIST.fullmatch(path)) else None
        if shape is None:
            continue
        for parameter in operations["get"]["parameters"]:
            schema = parameter["schema"]
            if parameter["name"] == "limit":
                schema["maximum"] = most
            elif "pattern" in schema.get("items", {}):
                schema["items"]["pattern"] = _pattern(shape.by_name[parameter["name"].removeprefix("filter.")])
    return document


def _pattern(field: Field) -> str:
    operators = operators_of(field)
    nothing = f"({'|'.join(NULLS)}):null"
    if set(operators) <= set(NULLS):
        return f"^{nothing}$"
    plain = "|".join(name for name in operators if name in {"eq", "ne", "gt", "gte", "lt", "lte"})
    if field.kind.name == "text":
        length = min(getattr(field.column.type, "length", None) or 200, 200)
        anything = rf"[^\x00]{{0,{length}}}"
        part = rf"[^\x00,\\]{{0,{min(length, 20)}}}"
        found = [
            rf"(?!({'|'.join(sorted(OPERATORS))}):){anything}",
            f"({plain}):{anything}",
            f"({'|'.join(PATTERNS)}):{_WORD}",
            f"(in|nin):{part}(,{part}){{0,3}}",
            f"between:{part},{part}",
        ]
        return f"^({'|'.join([*found, nothing])})$"
    value = f"({'|'.join(map(re.escape, labels_of(field)))})" if field.kind.name == "enum" else _VALUES[field.kind.name]
    if "contains" in operators:
        return f"^(contains:{value}(,{value}){{0,3}}|{nothing})$"
    found = [f"(({plain}):)?{value}", f"(in|nin):{value}(,{value}){{0,3}}"]
    if "between" in operators:
        found.append(f"between:{value},{value}")
    return f"^({'|'.join([*found, nothing])})$"
