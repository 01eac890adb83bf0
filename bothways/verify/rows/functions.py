"""The functions that stand in CHECK conditions, and patterns: what they give, and texts that they accept."""

from __future__ import annotations

import fnmatch
import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping, Sequence


class Unknown:
    """What can't be said here; only the server knows."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
LENGTHS = frozenset({"length", "char_length", "character_length", "octet_length"})
PATTERNS = frozenset({"regexp", "iregexp", "like", "ilike", "glob"})
_MOST_REPEATS = 4
_NAMED = {"[:alnum:]": "a-z0-9", "[:alpha:]": "a-z", "[:digit:]": "0-9", "[:lower:]": "a-z", "[:upper:]": "A-Z"}
_CLASSES = {"d": "0123456789", "w": "abcxyz019_", "s": " "}


def call(name: str, values: Sequence[Any]) -> Any:
    """The value of a function; UNKNOWN for one that is not known."""
    if name in {"coalesce", "ifnull"}:
        return next((v for v in values if v is not None), None)
    if name in {"num_nonnulls", "num_nulls"}:
        nulls = sum(v is None for v in values)
        return nulls if name == "num_nulls" else len(values) - nulls
    if None in values:
        return None
    function = _FUNCTIONS.get((name, len(values)))
    try:
        return function(*values) if function else UNKNOWN
    except (TypeError, ValueError, ArithmeticError, AttributeError, re.error):
        return UNKNOWN


def _length(value: Any) -> int | Unknown:
    return len(value) if isinstance(value, str | bytes) else UNKNOWN


def _octets(value: Any) -> int:
    return len(value if isinstance(value, bytes) else value.encode())


def _valid_json(text: Any) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _like(text: str, pattern: str, flags: int = 0) -> bool:
    parts = (".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern)
    return re.fullmatch("".join(parts), text, flags | re.S) is not None


_FUNCTIONS: Mapping[tuple[str, int], Callable[..., Any]] = {
    ("length", 1): _length,
    ("char_length", 1): _length,
    ("character_length", 1): _length,
    ("octet_length", 1): _octets,
    ("lower", 1): lambda t: t.lower(),
    ("lcase", 1): lambda t: t.lower(),
    ("upper", 1): lambda t: t.upper(),
    ("ucase", 1): lambda t: t.upper(),
    ("trim", 1): lambda t: t.strip(" "),
    ("btrim", 1): lambda t: t.strip(" "),
    ("ltrim", 1): lambda t: t.lstrip(" "),
    ("rtrim", 1): lambda t: t.rstrip(" "),
    ("abs", 1): abs,
    ("json_valid", 1): _valid_json,
    ("nullif", 2): lambda a, b: None if a == b else a,
    ("regexp", 2): lambda t, p: re.search(p, t) is not None,
    ("iregexp", 2): lambda t, p: re.search(p, t, re.I) is not None,
    ("like", 2): _like,
    ("ilike", 2): lambda t, p: _like(t, p, re.I),
    ("glob", 2): fnmatch.fnmatchcase,
}


def accepted(kind: str, pattern: str, chance: random.Random) -> str:
    """A text that a pattern probably accepts: the caller tests it."""
    if kind in {"like", "ilike"}:
        return "".join(chance.choice(("", "a", "xy1")) if c == "%" else "a" if c == "_" else c for c in pattern)
    if kind == "glob":
        pattern = "".join({"*": ".*", "?": "."}.get(c, c) for c in pattern)
    return _Sampler(pattern, chance).alternatives()


class _Sampler:
    """Walks over a regular expression and writes a text for it; what it does not know it takes as it stands."""

    def __init__(self, pattern: str, chance: random.Random) -> None:
        for name, members in _NAMED.items():
            pattern = pattern.replace(name, members)
        self.pattern = pattern
        self.place = 0
        self.chance = chance

    def alternatives(self) -> str:
        """One of the branches up to the closing parenthesis."""
        branches = [self.sequence()]
        while self.pattern[self.place : self.place + 1] == "|":
            self.place += 1
            branches.append(self.sequence())
        return self.chance.choice(branches)

    def sequence(self) -> str:
        text = ""
        while self.place < len(self.pattern) and self.pattern[self.place] not in "|)":
            start = self.place
            piece = self.piece()
            end, times = self.place, self.times()
            after = self.place
            for _ in range(times):
                text += piece
                self.place = start
                piece = self.piece()
                self.place = end
            self.place = after
        return text

    def piece(self) -> str:
        character = self.pattern[self.place]
        self.place += 1
        if character in "^$":
            return ""
        if character == "\\":
            escaped = self.pattern[self.place : self.place + 1]
            self.place += 1
            return "" if escaped in "bBAZmMyY" else self.chance.choice(_CLASSES.get(escaped.lower(), escaped or "\\"))
        if character == "[":
            return self.one_of()
        if character == "(":
            if self.pattern[self.place : self.place + 2] == "?:":
                self.place += 2
            text = self.alternatives()
            self.place += 1
            return text
        return self.chance.choice("axz09") if character == "." else character

    def one_of(self) -> str:
        end = self.pattern.find("]", self.place + 1)
        end = len(self.pattern) if end < 0 else end
        inside = self.pattern[self.place : end]
        self.place = end + 1
        allowed = _members(inside.removeprefix("^"))
        if inside.startswith("^"):
            allowed = "".join(c for c in "axz09 -_." if c not in allowed)
        return self.chance.choice(allowed or "a")

    def times(self) -> int:
        match = re.compile(r"(?:\*|\+|\?|\{(\d+)(,(\d*))?\})\??").match(self.pattern, self.place)
        if match is None:
            return 1
        self.place = match.end()
        sign = match.group()[0]
        if sign == "{":
            low = int(match[1])
            high = low if match[2] is None else int(match[3]) if match[3] else low + _MOST_REPEATS
            return self.chance.randint(low, min(high, low + _MOST_REPEATS))
        return self.chance.randint(1 if sign == "+" else 0, 1 if sign == "?" else _MOST_REPEATS)


def _members(inside: str) -> str:
    inside = re.sub(r"\\([dws])", lambda m: _CLASSES[m[1]], inside)
    found = re.findall(r"\\?(.)(?:-(.))?", inside, re.S)
    return "".join("".join(chr(i) for i in range(ord(a), ord(b or a) + 1)) for a, b in found)
