r"""What a condition looks like, as patterns of the OpenAPI document.

A pattern fits everything that the service takes: a client, or a gateway before it, that goes by the document refuses
nothing that is right. It may fit more (a day that no month has, a number out of range): that is answered with 422.
They are written as JSON Schema has it, in ECMA-262 with Unicode: only characters of its syntax are escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from bothways.crud.filters import MOST_LENGTH, MOST_VALUES, NULLS, OPERATORS, PATTERNS, operators_of

if TYPE_CHECKING:
    from bothways.crud.shapes import Field

_SPACE: Final = r"[\s\x85]*"
_HEX: Final = "[0-9A-Fa-f]"
_UUID: Final = f"{_HEX}{{8}}(-{_HEX}{{4}}){{3}}-{_HEX}{{12}}"
_DAY: Final = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_MOMENT: Final = rf"{_DAY}[Tt ]([01][0-9]|2[0-4]):[0-5][0-9]:[0-5][0-9](\.[0-9]{{1,6}})?"
# Of days and hours pydantic takes more spellings than RFC 3339 has.
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.|\\?,)?[0-9]*)?([Zz]|[+\u2212-][0-9]{2}:?[0-9]{2})?"
_TRUTH: Final = ("true", "false", "1", "0", "t", "f", "yes", "no", "y", "n", "on", "off")
_ANYTHING: Final = r"[^\x00]*"
_NULL: Final = f"({'|'.join(NULLS)}):null"


def _in_any_case(word: str) -> str:
    return "".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in word)


_VALUES: Final = {
    "integer": rf"{_SPACE}[+-]?[0-9][0-9_]*(\.0+)?{_SPACE}",
    "decimal": r"-?[0-9]+(\.[0-9]+)?",
    "float": rf"{_SPACE}[+-]?([0-9][0-9_]*\.?[0-9_]*|\.[0-9_]+)([eE][+-]?[0-9_]+)?{_SPACE}",
    "boolean": f"({'|'.join(map(_in_any_case, _TRUTH))})",
    "uuid": rf"((urn:uuid:)?{_UUID}|\{{{_UUID}\}}|{_HEX}{{32}})",
    "moment": rf"{_MOMENT}([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})",
    "local datetime": _MOMENT,
    "date": rf"({_DAY}([Tt _]{_CLOCK})?|[+-]?[0-9]+(\.[0-9]*)?)",
    "time": _CLOCK,
    "address": r"[0-9A-Fa-f:.]+(%[^%,\x00]+)?",
    "network": r"[0-9A-Fa-f:.]+(%[^%,/\x00]+)?(/[0-9.]+)?",
}
"""How a value of a kind is spelled in an address; any text where the kind is not here."""


def pattern_of(field: Field) -> str:
    """The pattern of the conditions on a field."""
    operators = operators_of(field)
    found = [] if set(operators) <= set(NULLS) else _members(field) if "contains" in operators else _values(field)
    return f"^({'|'.join([*found, _NULL])})$"


def labels_of(field: Field) -> list[str]:
    """The labels of an enum, as clients write them."""
    schema: dict[str, Any] = TypeAdapter(field.kind.accepts).json_schema()
    labels: list[str] = schema.get("enum") or [schema["const"]]
    return labels


def listed(text: str) -> str:
    """A text as one of several between commas."""
    return text.replace("\\", r"\\").replace(",", r"\,")


def has_whole_members(field: Field) -> bool:
    """Whether the members of an array are whole numbers, not texts."""
    return bool(TypeAdapter(field.kind.member).json_schema()["type"] == "integer")


def _members(field: Field) -> list[str]:
    return [f"contains:{_several(_VALUES['integer']) if has_whole_members(field) else _ANYTHING}"]


def _values(field: Field) -> list[str]:
    offered = [name for name in operators_of(field) if name not in NULLS]
    several = [name for name in offered if name in {"in", "nin", "between"}]
    plain = "|".join(name for name in offered if name not in {*several, *PATTERNS})
    value = _value(field)
    if value is None:
        # A comma may be part of a value, so where one ends is not for a pattern to tell.
        anything = _text(field)
        lists = [rf"({'|'.join(several)}):{_ANYTHING}"]
        wild = [rf"({'|'.join(PATTERNS)}):[^\x00]{{0,{MOST_LENGTH}}}"] if field.kind.name == "text" else []
        return [rf"(?!({'|'.join(sorted(OPERATORS))}):){anything}", f"({plain}):{anything}", *lists, *wild]
    ends = [f"between:{value},{value}"] if "between" in several else []
    return [f"(({plain}):)?{value}", f"({'|'.join(n for n in several if n != 'between')}):{_several(value)}", *ends]


def _several(value: str) -> str:
    return f"{value}(,{value}){{0,{MOST_VALUES - 1}}}"


def _value(field: Field) -> str | None:
    return _VALUES.get(field.kind.name) if field.kind.name != "enum" else f"({'|'.join(map(_label, labels_of(field)))})"


def _label(label: str) -> str:
    """A label as it is; among several a comma in it has a backslash before it, and a backslash perhaps another one."""
    return "".join(_LETTERS.get(c, rf"\{c}" if c in _SYNTAX else c) for c in label)


_LETTERS: Final = {",": r"\\?,", "\\": r"\\{1,2}"}
_SYNTAX: Final = frozenset("^$.*+?()[]{}|/")


def _text(field: Field) -> str:
    # A longer one is for the service to refuse: not every program's patterns can count so far.
    length = TypeAdapter(field.kind.accepts).json_schema().get("maxLength", MOST_LENGTH + 1)
    return rf"[^\x00]{{0,{length}}}" if length <= MOST_LENGTH else _ANYTHING
