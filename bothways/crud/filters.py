"""Conditions of a list: which operators a field has, how a condition is read from an address, and its SQL.

A condition is FIELD=VALUE or FIELD=OPERATOR:VALUE. The operators' names before a colon are always operators, so that a
value that begins with one is written as eq:VALUE. A field that is called like another parameter of lists, as limit is,
is written filter.FIELD. Its SQL has parameters only: what a client sends is never part of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import sqlalchemy as sa

from bothways.crud.faults import fault
from bothways.dialects import asked
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from bothways.crud.shapes import Field, Shape

MOST_VALUES: Final = 256
"""Most values of in:, nin: and contains:."""
MOST_WILDCARDS: Final = 10
MOST_LENGTH: Final = 1_000
"""Most characters of a pattern."""
MOST_KEYS: Final = 8
"""Most keys of a path into a document."""

EQUALITY: Final = ("eq", "ne", "in", "nin")
ORDER: Final = ("gt", "gte", "lt", "lte", "between")
PATTERNS: Final = ("like", "ilike")
NULLS: Final = ("is", "not")
MEMBERS: Final = ("contains",)
OPERATORS: Final = frozenset((*EQUALITY, *ORDER, *PATTERNS, *NULLS, *MEMBERS))
ORDERED_KINDS: Final = frozenset(
    {"integer", "decimal", "float", "moment", "local datetime", "date", "time", "uuid", "text"}
)
"""Kinds of which every engine says the same about more and less; of texts it is their collation that says it."""
_FILTER: Final = "filter"
_SEVERAL: Final = frozenset({"in", "nin", "contains"})
# No value of these kinds looks like a word and a colon, so such a word is an operator that is misspelt.
_WORDLESS: Final = ORDERED_KINDS - {"text"} | {"boolean"}
_WORD: Final = re.compile(r"[a-z]{1,12}")
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,18})(\.\d{1,30})?([eE][+-]?\d{1,2})?", re.ASCII)
_KEY: Final = re.compile(r'[^"\\\x00-\x1f]{1,100}')
_WHOLE: Final = re.compile(r"-?[0-9]+")

Typed = Literal["text", "number", "boolean", "present"]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a field, or on what is at a path of it. ``values`` are of the field's kind, or ``typed``."""

    name: str
    operator: str
    values: tuple[Any, ...] = ()
    path: tuple[str, ...] = ()
    typed: Typed | None = None

    @property
    def form(self) -> tuple[Any, ...]:
        """What its SQL depends on: conditions of one form differ in their parameters only."""
        return self.name, self.operator, self._width, self.typed

    @property
    def _width(self) -> int:
        """How many parameters: one, two, or the next power of two."""
        count = len(self.values)
        if self.operator in MEMBERS:
            return 1
        return 1 << (count - 1).bit_length() if self.operator in _SEVERAL else count

    def parameters(self, position: int) -> Iterator[tuple[str, Any]]:
        """The parameters of its SQL where it is the condition at that position."""
        if self.path:
            yield _name(position, "path"), self.path
        if self.operator in MEMBERS:
            yield _name(position, 0), list(self.values)
            return
        for i in range(self._width):
            yield _name(position, i), self.values[min(i, len(self.values) - 1)]

    def sql(self, shape: Shape, position: int) -> sa.ColumnElement[bool]:
        """The condition at that position as SQL."""
        column: Any = shape.table.c[self.name]
        if self.typed is not None:
            column = _PARTS[self.typed](column, sa.bindparam(_name(position, "path"), type_=asked.Path()))
        kind = _PATTERN_TYPES.get(self.operator, column.type)
        binds = [sa.bindparam(_name(position, i), type_=kind) for i in range(self._width)]
        if self.typed == "present":
            present: sa.ColumnElement[bool] = column
            return sa.not_(present) if self.operator == "is" else present
        return _SQL[self.operator](column, binds)


def operators_of(field: Field) -> tuple[str, ...]:
    """The operators that a field has."""
    kind = field.kind
    if kind.name == "array":
        return MEMBERS + NULLS if kind.member is not None else NULLS
    if not kind.comparable:
        return NULLS
    ordered = ORDER if kind.name in ORDERED_KINDS else ()
    return (*EQUALITY, *ordered, *(PATTERNS if kind.name == "text" else ()), *NULLS)


def parameter_of(name: str, known: Collection[str]) -> str:
    """The parameter by which a list is filtered by a field; ``known`` are its other parameters."""
    return f"{_FILTER}.{name}" if name in known else name


def condition(shape: Shape, name: str, text: str, known: Sequence[str]) -> Condition:
    """Read a condition; raises InvalidRequest. ``known`` are the other parameters of the list."""
    own, *path = name.split(".")
    if own == _FILTER and path and path[0] in known and path[0] in shape.by_name:
        own, *path = path
    field = shape.by_name.get(own)
    if field is None or not field.readable:
        hint = nearest(name, [*(parameter_of(f.name, known) for f in shape.readable), *known])
        raise fault(name, "unknown_parameter", f"There is no such field to filter by: {hint}")
    operator, rest = _split(field, name, text, path=bool(path))
    if path:
        return _at_path(field, name, tuple(path), operator, rest)
    offered = operators_of(field)
    if operator not in offered:
        raise fault(name, "operator", f"This field has the operators {', '.join(offered)}: {_SPELL}")
    if operator in NULLS:
        return Condition(own, operator, _nothing(name, rest))
    if operator in PATTERNS:
        return Condition(own, operator, (_pattern(name, rest),))
    texts = _texts(name, operator, rest)
    if operator in MEMBERS:
        return Condition(own, operator, tuple(shape.member(own, part, ("query", name)) for part in texts))
    return Condition(own, operator, tuple(shape.value(own, part, ("query", name)) for part in texts))


_SPELL: Final = "write a value that begins like an operator as eq:VALUE"


def _split(field: Field, name: str, text: str, *, path: bool) -> tuple[str, str]:
    operator, colon, rest = text.partition(":")
    if colon and operator in OPERATORS:
        return operator, rest
    if colon and not path and field.kind.name in _WORDLESS and _WORD.fullmatch(operator):
        raise fault(name, "operator", f"There is no such operator: {nearest(operator, operators_of(field))}")
    return "eq", text


def _nothing(name: str, rest: str) -> tuple[()]:
    if rest != "null":
        raise fault(name, "operator", "After is: and not: there should be null")
    return ()


def _pattern(name: str, text: str) -> str:
    if "\0" in text or len(text) > MOST_LENGTH or asked.wildcards(text) > MOST_WILDCARDS:
        words = f"A pattern should have at most {MOST_LENGTH} characters, {MOST_WILDCARDS} wildcards and no NUL"
        raise fault(name, "pattern", words)
    return text


def _texts(name: str, operator: str, rest: str) -> list[str]:
    if operator in _SEVERAL or operator == "between":
        texts = _parts(rest)
        if operator == "between" and len(texts) != 2:
            raise fault(name, "between", "After between: there should be two values and a comma")
        if len(texts) > MOST_VALUES:
            raise fault(name, "too_many", f"There should be at most {MOST_VALUES} values")
        return texts
    return [rest]


def _parts(text: str) -> list[str]:
    r"""Values between commas; ``\,`` is a comma of a value's and ``\\`` a backslash."""
    if "\\" not in text:
        return text.split(",")
    parts = [""]
    for found in re.finditer(r"\\([,\\])|(,)|([^,\\]+|\\)", text):
        escaped, comma, plain = found.groups()
        if comma:
            parts.append("")
        else:
            parts[-1] += escaped or plain
    return parts


def _at_path(field: Field, name: str, path: tuple[str, ...], operator: str, rest: str) -> Condition:
    if field.kind.name != "json":
        raise fault(name, "path", "Only a field that holds a document has parts")
    if len(path) > MOST_KEYS or not all(_KEY.fullmatch(key) and not _WHOLE.fullmatch(key) for key in path):
        words = (
            f"A path should have at most {MOST_KEYS} keys between dots, without quotation marks, none a whole number"
        )
        raise fault(name, "path", words)
    if operator in NULLS:
        return Condition(field.name, operator, _nothing(name, rest), path, "present")
    if operator in PATTERNS:
        return Condition(field.name, operator, (_pattern(name, rest),), path, "text")
    if operator in MEMBERS:
        raise fault(name, "operator", f"A part of a document has no operator contains: {_SPELL}")
    found = [_scalar(name, part) for part in _texts(name, operator, rest)]
    kinds = {typed for typed, _ in found}
    if len(kinds) > 1 or (kinds == {"boolean"} and operator in ORDER):
        raise fault(name, "value", 'Values should be all texts or all numbers; write a number that is a text as "1"')
    return Condition(field.name, operator, tuple(value for _, value in found), path, kinds.pop())


def _scalar(name: str, text: str) -> tuple[Typed, Any]:
    """A number, a truth value, or a text, which may be between quotation marks to be one."""
    if text in {"true", "false"}:
        return "boolean", text == "true"
    if _NUMBER.fullmatch(text):
        return "number", float(text)
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if "\0" in text:
        raise fault(name, "value", "A text should have no NUL")
    return "text", text


def _name(position: int, part: int | str) -> str:
    # No column has such a name.
    return f"bothways filter {position} {part}"


_PARTS: Final[dict[Typed, Callable[..., Any]]] = {
    "text": asked.JsonText,
    "number": asked.JsonNumber,
    "boolean": asked.JsonBoolean,
    "present": asked.JsonPresent,
}
_PATTERN_TYPES: Final[dict[str, Any]] = {"like": asked.Pattern(), "ilike": asked.FoldedPattern()}
_SQL: Final[dict[str, Callable[[Any, list[Any]], sa.ColumnElement[bool]]]] = {
    "eq": lambda column, binds: column == binds[0],
    "ne": lambda column, binds: column != binds[0],
    "gt": lambda column, binds: column > binds[0],
    "gte": lambda column, binds: column >= binds[0],
    "lt": lambda column, binds: column < binds[0],
    "lte": lambda column, binds: column <= binds[0],
    "in": lambda column, binds: column.in_(binds),
    "nin": lambda column, binds: column.not_in(binds),
    "between": lambda column, binds: column.between(*binds),
    "like": lambda column, binds: asked.Like(column, binds[0]),
    "ilike": lambda column, binds: asked.FoldedLike(column, binds[0]),
    "is": lambda column, _binds: column.is_(None),
    "not": lambda column, _binds: column.is_not(None),
    "contains": lambda column, binds: asked.Contains(column, binds[0]),
}
