"""The grammar of CHECK conditions, as wide as what the engines print of the common forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""\s+ | (?P<string>(?:_\w+\s*|[eE])?'(?:[^']|'')*') | (?P<name>"(?:[^"]|"")+"|`(?:[^`]|``)+`)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?) | (?P<word>[^\W\d][\w$]*)
      | (?P<symbol>::|\|\||!~~\*|!~~|~~\*|~~|!~\*|!~|~\*|<=>|<=|>=|<>|!=|==|[-+*/%<>=~(),.\[\]])""",
    re.X,
)
_TYPE = re.compile(
    r"""\s*(?:double\s+precision|character\s+varying|bit\s+varying|(?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))*)
        (?:\s*\(\s*\d+\s*(?:,\s*-?\d+\s*)?\))?(?:\s+with(?:out)?\s+time\s+zone)?(?:\[\])*""",
    re.X | re.I,
)
_COMPARISONS = frozenset({"=", "==", "<=>", "<>", "!=", "<", "<=", ">", ">="})
_MATCHES = {"~": "regexp", "~*": "iregexp", "~~": "like", "~~*": "ilike", "regexp": "regexp", "rlike": "regexp",
            "like": "like", "ilike": "ilike", "glob": "glob"}  # fmt: skip
_NUMERIC = ("numeric", "int", "bigint", "smallint", "integer", "double", "real", "decimal")


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression: an operation with its arguments; ``value`` of a constant or the name of a column."""

    op: str
    parts: tuple[Node, ...] = ()
    value: Any = None

    def walk(self) -> Iterator[Node]:
        """This and everything in it."""
        yield self
        for part in self.parts:
            yield from part.walk()


@lru_cache(maxsize=4096)
def parse(expression: str) -> Node:
    """The tree of an expression; the op ``unknown`` where it is beyond this grammar."""
    try:
        return _Parser(expression).whole()
    except (ValueError, IndexError, InvalidOperation):
        return Node("unknown")


def constants(text: str) -> Iterator[Any]:
    """The constants that stand in an expression beyond the grammar."""
    for match in _TOKEN.finditer(text):
        found = match.group()
        if match.lastgroup == "number":
            yield _number(found)
        elif match.lastgroup == "string":
            yield found[found.index("'") + 1 : -1].replace("''", "'")


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.kind = self.symbol = ""
        self.next()

    def next(self) -> str:
        """Step to the next token and return the one before."""
        before = self.symbol
        while self.place < len(self.text):
            match = _TOKEN.match(self.text, self.place)
            if match is None:
                raise ValueError(self.text)
            self.place = match.end()
            if match.lastgroup:
                self.kind, self.symbol = match.lastgroup, match.group()
                if self.kind == "word":
                    self.symbol = self.symbol.lower()
                return before
        self.kind, self.symbol = "end", ""
        return before

    def take(self, *tokens: str) -> bool:
        """Step over the next token if it is one of these."""
        if self.kind in {"word", "symbol"} and self.symbol in tokens:
            self.next()
            return True
        return False

    def need(self, token: str) -> None:
        if not self.take(token):
            raise ValueError(f"{token} expected in {self.text}")

    def whole(self) -> Node:
        node = self.either()
        if self.kind != "end":
            raise ValueError(self.text)
        return node

    def either(self) -> Node:
        parts = [self.both()]
        while self.take("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Node("or", tuple(parts))

    def both(self) -> Node:
        parts = [self.negation()]
        while self.take("and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else Node("and", tuple(parts))

    def negation(self) -> Node:
        return Node("not", (self.negation(),)) if self.take("not") else self.comparison()

    def comparison(self) -> Node:
        left = self.sum()
        while self.kind in {"word", "symbol"}:
            if self.symbol in _COMPARISONS:
                left = self.compared(left, self.next())
            elif self.take("is"):
                left = self.tested(left)
            elif self.symbol in {"not", "between", "in", *_MATCHES} or self.symbol.startswith("!~"):
                negative = self.take("not") or (self.symbol.startswith("!"))
                node = self.membership(left)
                left = Node("not", (node,)) if negative else node
            else:
                break
        return left

    def compared(self, left: Node, op: str) -> Node:
        if self.symbol in {"any", "all"} and self.kind == "word":
            every = self.next() == "all"
            self.need("(")
            listed = self.either()
            self.need(")")
            tests = tuple(Node(op, (left, item)) for item in listed.parts)
            if listed.op != "list" or not tests:
                return Node("unknown", (left,))
            return Node("and" if every else "or", tests)
        return Node(op, (left, self.sum()))

    def tested(self, left: Node) -> Node:
        negative = self.take("not")
        if self.take("distinct"):
            self.need("from")
            node = Node("same", (left, self.sum()))
            return node if negative else Node("not", (node,))
        if self.symbol not in {"null", "true", "false"}:
            node = Node("same", (left, self.sum()))  # SQLite's IS between any two
        else:
            node = Node("is", (left,), self.next())
        return Node("not", (node,)) if negative else node

    def membership(self, left: Node) -> Node:
        word = self.next().removeprefix("!")
        if word == "between":
            low = self.sum()
            self.need("and")
            return Node("and", (Node(">=", (left, low)), Node("<=", (left, self.sum()))))
        if word == "in":
            self.need("(")
            items = self.items(")")
            return Node("or", tuple(Node("=", (left, item)) for item in items))
        if word in _MATCHES:
            return Node("call", (left, self.sum()), _MATCHES[word])
        raise ValueError(self.text)

    def items(self, end: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self.take(end):
            if found:
                self.need(",")
            found.append(self.either())
        return tuple(found)

    def sum(self) -> Node:
        left = self.product()
        while self.kind == "symbol" and self.symbol in {"+", "-", "||"}:
            left = Node(self.next(), (left, self.product()))
        return left

    def product(self) -> Node:
        left = self.cast()
        while self.kind == "symbol" and self.symbol in {"*", "/", "%"}:
            left = Node(self.next(), (left, self.cast()))
        return left

    def cast(self) -> Node:
        node = self.atom()
        while self.kind in {"word", "symbol"} and self.symbol in {"::", "collate"}:
            match = _TYPE.match(self.text, self.place)
            if match is None:
                raise ValueError(self.text)
            number = self.symbol == "::" and match.group().strip().startswith(_NUMERIC)
            self.place = match.end()
            self.next()
            if node.op == "constant" and number and isinstance(node.value, str):
                node = Node("constant", (), _number(node.value))
        return node

    def atom(self) -> Node:
        kind, read = self.kind, self.next()
        if kind == "number":
            return Node("constant", (), _number(read))
        if kind == "string":
            return Node("constant", (), read[read.index("'") + 1 : -1].replace("''", "'"))
        if kind == "name":
            name = read[1:-1].replace(read[0] * 2, read[0])
            return self.column(name)
        if kind == "word":
            return self.word(read)
        if read == "(":
            items = self.items(")")
            return items[0] if len(items) == 1 else Node("list", items)
        if read in {"-", "+"}:
            inner = self.cast()
            if read == "+":
                return inner
            negative = Node("constant", (), -inner.value) if inner.op == "constant" else None
            return negative or Node("-", (Node("constant", (), 0), inner))
        raise ValueError(self.text)

    def word(self, read: str) -> Node:
        if read in {"true", "false", "null"}:
            return Node("constant", (), {"true": True, "false": False, "null": None}[read])
        if read == "array":
            self.need("[")
            return Node("list", self.items("]"))
        if read in {"case", "exists", "select", "interval", "cast", "extract"}:
            raise ValueError(self.text)
        if self.kind == "symbol" and self.symbol == "(":
            self.next()
            return Node("call", self.items(")"), read)
        return self.column(read)

    def column(self, name: str) -> Node:
        while self.take("."):
            name = self.next().strip('"`')
        return Node("column", (), name)


def _number(text: str) -> int | Decimal:
    return int(text) if re.fullmatch(r"-?\d+", text) else Decimal(text)
