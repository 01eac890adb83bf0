"""What a statement of a revision means for code that knows the schema before it, by strict recognition.

Only statements of a few plain shapes count as compatible; whatever is not recognised counts as breaking, and as one
that concerns every table. To be wrong that way costs an unneeded wait; the other way would cost failed requests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bothways.dialects import dialect_for
from bothways.dialects.footprint import Known, footprint, names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PART = r'(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|[^\W\d][\w$]*)'
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})?"
_OWN = "bothways_"
_NOT_SHAPE = re.compile(
    r"(?:comment\s+on|create\s+index|create\s+fulltext|create\s+spatial|drop\s+index|insert|update|delete)\b", re.I
)
_CREATES = re.compile(rf"create\s+table\s+(?:if\s+not\s+exists\s+)?(?P<table>{_NAME})", re.I)
_MAYBE = re.compile(r"create\s+table\s+if\b", re.I)
_DROPS_INDEX = re.compile(rf"drop\s+index\s+(?:concurrently\s+)?(?:if\s+exists\s+)?{_NAME}\s*\Z", re.I)
_RENAMES_INDEX = re.compile(rf"alter\s+index\s+(?:if\s+exists\s+)?{_NAME}\s+rename\s+to\s+{_PART}\s*\Z", re.I)
# MySQL's own ways to write rows; no function that they call can change a table there.
_WRITES_ROWS = re.compile(
    rf"(?:replace\s+(?:into\s+)?{_NAME}|update\s+{_NAME}\s+(?:(?:as\s+)?{_PART}\s+)?join)\b", re.I
)
_NEW_THING = re.compile(rf"create\s+(?:type\s+{_NAME}\s+as\s+enum|sequence\s+(?:if\s+not\s+exists\s+)?{_NAME})\b", re.I)
_ALTERS = re.compile(
    rf"alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(?P<table>{_NAME})\s+(?P<actions>.*)", re.I | re.S
)
_RENAMES = re.compile(rf"rename\s+to\s+(?P<new>{_NAME})\s*\Z", re.I)
_ADDS_COLUMN = re.compile(
    rf"add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?(?!(?:constraint|unique|primary|foreign|check|index|key|fulltext|"
    rf"spatial|partition|period|system|exclude)\b){_PART}\s+(?P<rest>.+)\Z",
    re.I | re.S,
)
_REQUIRED = re.compile(r"\bnot\s+null\b", re.I)
_DEFAULT = re.compile(r"\bdefault\b(?!\s+null\b)", re.I)
_STRICT = re.compile(r"\b(?:unique|primary|check|references|auto_increment|generated|as\s*\()", re.I)
_HARMLESS_ACTION = re.compile(
    rf"(?:(?:algorithm|lock)\s*=\s*\w+|validate\s+constraint\s+{_PART}|add\s+(?:index|key)\s.+|rename\s+(?:index|key)\s.+|alter\s+(?:column\s+)?{_PART}\s+set\s+default\s.+)\s*\Z",
    re.I | re.S,
)
_NO_SHAPES = (_DROPS_INDEX, _RENAMES_INDEX, _WRITES_ROWS, _NEW_THING)
_TRANSACTION = re.compile(r"(?:begin|commit|start\s+transaction)\s*\Z", re.I)
_STRING = re.compile(r"'(?:[^']|'')*'", re.S)
_STRING_WITH_ESCAPES = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.S)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one statement does to a schema that some code knows."""

    statement: str
    compatible: bool
    """Whether code that knows the schema before it goes on as if it had not run."""
    tables: frozenset[str] | None
    """Whose shape it changes; None is any, nothing where it changes rows, indexes or comments only."""


def effects(statements: Iterable[str], dialect_name: str) -> tuple[Effect, ...]:
    """The effect of each of some statements that run in this order. What concerns a table made among them is none."""
    reader = _Reader(dialect_name)
    return tuple(map(reader.read, statements))


class _Reader:
    def __init__(self, dialect_name: str) -> None:
        self._dialect = dialect_for(dialect_name)
        self._escapes = self._dialect.capabilities.backslash_escapes
        self._new: set[str] = set()

    def read(self, statement: str) -> Effect:
        text = "\n".join(line for line in statement.splitlines() if not line.lstrip().startswith("--")).strip()
        if not text or _TRANSACTION.match(text):
            return Effect(statement, compatible=True, tables=frozenset())
        return self._effect(text)

    def _effect(self, text: str) -> Effect:
        bare = (_STRING_WITH_ESCAPES if self._escapes else _STRING).sub("''", text)
        touched = footprint(text, Known(), self._named, escapes=self._escapes)
        if created := _CREATES.match(bare):
            return self._created(text, created["table"], touched)
        if touched is not None and touched and all(map(self._is_ours, touched)):
            return Effect(text, compatible=True, tables=frozenset())
        if altered := _ALTERS.match(bare):
            return self._altered(text, altered["table"], altered["actions"])
        if ";" not in bare and any(shape.match(bare) for shape in _NO_SHAPES):
            return Effect(text, compatible=True, tables=frozenset())
        if touched is None:
            return Effect(text, compatible=False, tables=None)
        if not touched or _NOT_SHAPE.match(bare):
            return Effect(text, compatible=True, tables=frozenset())
        return Effect(text, compatible=False, tables=touched)

    def _created(self, text: str, written: str, touched: frozenset[str] | None) -> Effect:
        name = self._named(written)
        if name is None or (touched is None and not name.startswith(_OWN)):
            return Effect(text, compatible=False, tables=None)
        if touched is not None and not _MAYBE.match(text):
            self._new.add(name)
        return Effect(text, compatible=True, tables=frozenset({name}))

    def _altered(self, text: str, written: str, actions: str) -> Effect:
        name = self._named(written)
        if name is None or ";" in actions or "--" in actions or "/*" in actions:
            return Effect(text, compatible=False, tables=None)
        parts = list(_split(actions))
        renamed = [self._named(match["new"]) for match in map(_RENAMES.match, parts) if match]
        tables = frozenset({name, *(new for new in renamed if new is not None)})
        if self._is_ours(name) and not renamed:
            return Effect(text, compatible=True, tables=frozenset())
        # A table made anew that takes another's name is the other one, whatever has become of it.
        self._new.discard(name)
        return Effect(text, compatible=not renamed and all(map(_harmless, parts)), tables=tables)

    def _is_ours(self, name: str) -> bool:
        return name in self._new or name.startswith(_OWN)

    def _named(self, written: str) -> str | None:
        if len(names_in(written)) > 2:
            return None
        return self._dialect.relation(written, self._new)


def _harmless(action: str) -> bool:
    """Whether one action of an ALTER TABLE, without its texts, asks nothing of code that does not know of it."""
    if _HARMLESS_ACTION.match(action):
        return True
    added = _ADDS_COLUMN.match(action)
    if added is None or _STRICT.search(added["rest"]):
        return False
    return not _REQUIRED.search(added["rest"]) or bool(_DEFAULT.search(added["rest"]))


def _split(actions: str) -> Iterator[str]:
    """The actions of an ALTER TABLE: at the commas that stand in no parentheses."""
    depth, start = 0, 0
    for place, sign in enumerate(actions):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            yield actions[start:place].strip()
            start = place + 1
    yield actions[start:].strip()
