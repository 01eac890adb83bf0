"""Expressions as the server prints them, written as people would.

Nothing here need be right: what it makes is a candidate, which a trial on a server accepts or refuses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$\w*\$|--|/\*|\*/|[^'\"$*/-]+|.", re.S)
_LITERAL = r"'(?:[^']|'')*'"
_NAME = r"(?:[a-z_][a-z0-9_$]*|\"(?:[^\"]|\"\")*\")"
_TYPE = rf"(?:character varying|timestamp with(?:out)? time zone|double precision|(?:{_NAME}\.)?{_NAME})"
_CAST_LITERAL = re.compile(rf"({_LITERAL})::{_TYPE}(?:\(\d+(?:,\d+)?\))?(?!\w|\[|\()")
_CAST_NUMBER = re.compile(r"(?<![\w'.])'(-?\d+(?:\.\d+)?)'::(?:integer|bigint|smallint|numeric)\b")
_CAST_COLUMN = re.compile(
    rf"\(({_NAME}(?:\.{_NAME})?)\)::(?:text|numeric|double precision)\b(?!\[)|\b({_NAME})::text\b(?!\[)"
)
_ARRAY = rf"ARRAY\[((?:{_LITERAL}|[^\[\]'])*)\]"
_LIST = rf"\((?:{_ARRAY}(?:::[a-z ]+\[\])?|\({_ARRAY}\)::[a-z ]+\[\])\)"
_ANY = re.compile(rf"= ANY {_LIST}")
_ALL = re.compile(rf"<> ALL {_LIST}")
_COMPARED = re.compile(rf"\(({_NAME}(?:\.{_NAME})?)\)::text (IN|NOT IN) \(")
_PREFIX = re.compile(r"(?i)(?<!\w)(?:e|u&)$")
"""Before a literal in which a backslash means something."""
_WORDS = ((" !~~* ", " NOT ILIKE "), (" !~~ ", " NOT LIKE "), (" ~~* ", " ILIKE "), (" ~~ ", " LIKE "))


def candidates(printed: Sequence[str], written: str | None = None) -> tuple[str, ...]:
    """Texts of one expression, the best first; ``printed`` are the server's own, with few parentheses and with all."""
    texts = [written] if written and is_one_expression(written) else []
    for text in printed:
        texts += _plainer(text)
    for text in printed:
        texts += [unwrapped(text), text]
    return tuple(dict.fromkeys(texts))


def queries(printed: str) -> tuple[str, ...]:
    """Texts of one query: the server's own, and with lists as people write them.

    Of ``a IN ('x')``, where a is a varchar, it prints what it prints otherwise when it reads that again.
    """
    listed = _ANY.sub(lambda m: f"IN ({_plain(m)})", printed)
    listed = _ALL.sub(lambda m: f"NOT IN ({_plain(m)})", listed)
    return tuple(dict.fromkeys((printed, _COMPARED.sub(r"\1 \2 (", listed), listed, *_plainer(printed))))


def _plain(members: re.Match[str]) -> str:
    # An empty list makes no text that a server takes; then the one that it printed stays.
    return _CAST_LITERAL.sub(r"\1", members[1] or members[2] or "")


def _plainer(printed: str) -> list[str]:
    without = _CAST_NUMBER.sub(r"\1", printed)
    for _ in range(2):
        without = _CAST_LITERAL.sub(r"\1", without)
    listed = _ALL.sub(lambda m: f"NOT IN ({_plain(m)})", _ANY.sub(lambda m: f"IN ({_plain(m)})", without))
    bare = _CAST_COLUMN.sub(lambda m: m.group(1) or m.group(2), listed)
    return [_operators(unwrapped(text)) for text in (bare, listed, without)]


def unwrapped(expression: str) -> str:
    """The expression without parentheses around all of it."""
    while expression.startswith("(") and expression.endswith(")") and _closes(expression) == len(expression) - 1:
        expression = expression[1:-1]
    return expression


def is_one_expression(written: str) -> bool:
    """Whether a text that a stranger wrote can't end the statement that it is put into."""
    depth, last = 0, ""
    for token in _TOKEN.findall(written):
        if token[0] in "'\"" and len(token) > 1:
            if token[0] == "'" and _PREFIX.search(last):
                return False
            last = token
            continue
        if token in {"--", "/*", "*/", "'", '"', "\0"} or token.startswith("$") or ";" in token or "\\" in token:
            return False
        for character in token:
            depth += (character == "(") - (character == ")")
            if depth < 0:
                return False
        last = token
    return depth == 0


def _closes(expression: str) -> int:
    """Where the first parenthesis is closed."""
    depth = place = 0
    for token in _TOKEN.findall(expression):
        if token[0] not in "'\"":
            for offset, character in enumerate(token):
                depth += (character == "(") - (character == ")")
                if depth == 0:
                    return place + offset
        place += len(token)
    return -1


def _operators(expression: str) -> str:
    for operator, word in _WORDS:
        if "'" not in expression.partition(operator)[0] or operator in re.sub(_LITERAL, "", expression):
            expression = expression.replace(operator, word)
    return expression
