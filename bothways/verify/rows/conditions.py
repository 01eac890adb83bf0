"""CHECK conditions as data: evaluated for a row, searched for the values that they ask for.

What is not understood is ``UNKNOWN``, never an error: then the server says whether a row passes.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bothways.dialects.plantable import mentioned
from bothways.verify.rows import functions
from bothways.verify.rows.functions import UNKNOWN
from bothways.verify.rows.grammar import Node, constants, parse
from bothways.verify.rows.values import fits, neighbours, of_length

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bothways.dialects.plantable import PlantableColumn, PlantableTable

_SAMPLES = 8
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "==": operator.eq, "<=>": operator.eq, "<>": operator.ne, "!=": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_COUNT = {"+": operator.add, "-": operator.sub, "*": operator.mul}


@dataclass(frozen=True, slots=True)
class Condition:
    """A part of a CHECK that must not be false, and the columns that it names."""

    name: str
    text: str
    node: Node
    columns: tuple[str, ...]


def conjuncts(node: Node) -> Iterator[Node]:
    """The parts of an AND, which must all hold."""
    if node.op == "and":
        for part in node.parts:
            yield from conjuncts(part)
    else:
        yield node


def of_table(table: PlantableTable) -> Iterator[Condition]:
    """What each row of a table must fulfil, a part of an AND each."""
    known = {c.name.lower(): c.name for c in table.columns}
    for name, text in table.conditions:
        for node in conjuncts(parse(text)):
            named = [known[str(p.value).lower()] for p in node.walk() if p.op == "column" and p.value.lower() in known]
            if node.op == "unknown":
                named = list(mentioned(text, table.columns, any_case=True))
            yield Condition(name, text, _cased(node, known), tuple(dict.fromkeys(named)))


def _cased(node: Node, known: Mapping[str, str]) -> Node:
    if node.op == "column":
        return Node("column", (), known.get(str(node.value).lower(), node.value))
    return Node(node.op, tuple(_cased(p, known) for p in node.parts), node.value)


def _long_enough(column: PlantableColumn, node: Node, constant: Any) -> Iterator[str]:
    lengths = any(p.op == "call" and p.value in functions.LENGTHS for p in node.walk())
    if lengths and isinstance(constant, int):
        for length in (constant, constant + 1, constant - 1):
            yield from of_length(column, length)


def hints(column: PlantableColumn, conditions: Sequence[Condition], chance: random.Random) -> Iterator[Any]:
    """Values that the conditions on a column and its default name."""
    for condition in conditions:
        if column.name in condition.columns:
            if condition.node.op == "unknown":
                for constant in constants(condition.text):
                    yield from neighbours(column, constant)
            for part in condition.node.walk():
                yield from _asked(column, condition.node, part, chance)
    text = re.match(r"^\(?'((?:[^']|'')*)'", column.default or "")
    number = re.match(r"^\(?(-?\d+)\)?$", column.default or "")
    default: Any = text[1].replace("''", "'") if text else int(number[1]) if number else None
    if default is not None and fits(column, default):
        yield default


def _asked(column: PlantableColumn, whole: Node, part: Node, chance: random.Random) -> Iterator[Any]:
    if part.op == "constant" and part.value is not None:
        yield from neighbours(column, part.value)
        yield from _long_enough(column, whole, part.value)
    elif part.op == "call" and part.value in functions.PATTERNS and isinstance(part.parts[1].value, str):
        texts = (functions.accepted(part.value, part.parts[1].value, chance) for _ in range(_SAMPLES))
        yield from (t for t in texts if fits(column, t))
    elif part.op == "call" and part.value == "json_valid":
        yield from ("{}", "[]", '{"a": 1}')


def passes(condition: Condition, row: Mapping[str, Any]) -> bool:
    """Whether a condition is not false for a row, as far as can be said here."""
    return evaluate(condition.node, row) is not False


def evaluate(node: Node, row: Mapping[str, Any]) -> Any:
    """The value of an expression for a row, by SQL's three-valued logic; UNKNOWN where that can't be said here.

    A column that ``row`` lacks is UNKNOWN; names are in any case.
    """
    if node.op == "constant":
        return node.value
    if node.op == "column":
        return row.get(node.value, row.get(node.value.lower(), UNKNOWN))
    if node.op in {"unknown", "list"}:
        return UNKNOWN
    if node.op in {"and", "or"}:
        return _joined(node.op == "or", [_truth(evaluate(p, row)) for p in node.parts])
    values = [evaluate(p, row) for p in node.parts]
    if node.op == "not":
        truth = _truth(values[0])
        return truth if truth is None or truth is UNKNOWN else not truth
    if any(v is UNKNOWN for v in values):
        return UNKNOWN
    if node.op == "is":
        return values[0] is {"null": None, "true": True, "false": False}[node.value]
    if node.op == "same":
        return values[0] == values[1]
    if node.op == "call":
        return functions.call(str(node.value), values)
    return None if None in values else _calculated(node.op, values[0], values[1])


def _truth(value: Any) -> Any:
    return bool(value) if isinstance(value, int) else value if value is None else UNKNOWN


def _joined(winner: bool, truths: list[Any]) -> Any:
    if any(t is winner for t in truths):
        return winner
    if any(t is UNKNOWN for t in truths):
        return UNKNOWN
    return None if None in truths else not winner


def _calculated(op: str, left: Any, right: Any) -> Any:
    if isinstance(left, float) != isinstance(right, float) and not isinstance(left, str) and not isinstance(right, str):
        left, right = float(left), float(right)
    same = isinstance(left, str) == isinstance(right, str) and isinstance(left, bytes) == isinstance(right, bytes)
    if op == "||":
        return f"{left}{right}"
    if not same:
        return UNKNOWN
    if op in _COMPARE:
        return _COMPARE[op](left, right)
    if isinstance(left, str | bytes) or op == "/":
        return UNKNOWN
    if op == "%":
        return UNKNOWN if right == 0 or isinstance(left, float) else abs(left) % abs(right) * (1 if left >= 0 else -1)
    return _COUNT[op](left, right)
