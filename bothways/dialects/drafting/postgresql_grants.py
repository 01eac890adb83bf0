"""Who may use an object: said again when it is made again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bothways.code import Code, sql
from bothways.dialects.drafting.postgresql_side import Side, routine_words
from bothways.dialects.drafting.postgresql_words import ident, words

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTERS = {
    "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "D": "TRUNCATE", "x": "REFERENCES", "t": "TRIGGER",
    "X": "EXECUTE", "U": "USAGE",
}  # fmt: skip
_ITEM = re.compile(r'((?:"(?:[^"]|"")*"|[^="])*)=([A-Za-z*]*)/.*', re.S)
_KINDS = frozenset({"table", "view", "sequence", "routine"})


def grants(side: Side, key: str) -> tuple[Code, ...]:
    """What was granted on an object to others than its owner, and what was taken from all."""
    kind, name = key.partition(":")[0], key.partition(":")[2]
    items = side.items(key, "privileges")
    if kind not in _KINDS or not items:
        return ()
    there = {"sequence": f"SEQUENCE {words(name)}", "routine": routine_words(side, key)}.get(kind, words(name))
    there = there.replace("AGGREGATE ", "FUNCTION ", 1) if kind == "routine" else there
    codes = [sql(statement) for item in items for statement in _granted(item, there, side.fact(key, "owner"))]
    if kind == "routine" and not any(item.startswith("=") for item in items):
        codes.insert(0, sql(f"REVOKE ALL ON {there} FROM PUBLIC"))
    return tuple(codes)


def _granted(item: str, there: str, owner: str) -> Iterator[str]:
    found = _ITEM.fullmatch(item)
    if found is None:
        return
    role = found[1][1:-1].replace('""', '"') if found[1].startswith('"') else found[1]
    if role == owner:
        return
    who = ident(role) if role else "PUBLIC"
    plain = [_LETTERS[c] for c, star in re.findall(r"([A-Za-z])(\*?)", found[2]) if not star and c in _LETTERS]
    passed = [_LETTERS[c] for c, star in re.findall(r"([A-Za-z])(\*?)", found[2]) if star and c in _LETTERS]
    if plain:
        yield f"GRANT {', '.join(plain)} ON {there} TO {who}"
    if passed:
        yield f"GRANT {', '.join(passed)} ON {there} TO {who} WITH GRANT OPTION"
