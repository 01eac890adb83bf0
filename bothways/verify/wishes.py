"""What only a revision's new schema allows, as wishes for rows: one value, or two rows that a key kept apart."""

from __future__ import annotations

import ast
import random
import re
import struct
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bothways.dialects.plantable import read_tables
from bothways.headers import parsed
from bothways.snapshot import parts_of
from bothways.verify.rows.conditions import hints, of_table, passes
from bothways.verify.rows.values import candidates, element, fits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from bothways.dialects.plantable import Key, PlantableColumn, PlantableTable
    from bothways.snapshot import Snapshot

_MOST_NEW = 2
_MOST_LITERALS = 12
_MOST_VALUES = 4
"""Values that are tried for each column."""
_LONGEST = 100_000  # a LONGTEXT would take four gigabytes
_PRIMARY = frozenset({"primary key", "PRIMARY"})
_WRITES = re.compile(r"\b(?:update|delete|insert|merge)\b", re.I)
_INSERT = re.compile(r"\binsert\b", re.I)
_INSERTING = frozenset({"bulk_insert", "insert", "values"})
_LONGEST_WORD = 40
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"'((?:[^']|'')*)'")


@dataclass(frozen=True, slots=True)
class Pair:
    """A table as it is before and after the upgrade."""

    before: PlantableTable
    after: PlantableTable

    @property
    def same(self) -> frozenset[str]:
        """The columns that have one type in both schemas."""
        old = {c.name: c.type for c in self.before.columns}
        return frozenset(c.name for c in self.after.columns if old.get(c.name) == c.type)

    @property
    def common(self) -> frozenset[str]:
        """The columns that both schemas have."""
        return frozenset(c.name for c in self.before.columns) & {c.name for c in self.after.columns}

    @property
    def key(self) -> tuple[str, ...]:
        """The primary key, where it is the same in both and its columns' types too; else nothing."""
        old, new = (_primary(t) for t in (self.before, self.after))
        return old if old == new and set(old) <= self.same else ()


@dataclass(frozen=True, slots=True)
class Wish:
    """A row with a value that the old schema forbids, or two rows that its key ``twins`` kept apart."""

    pair: Pair
    column: str = ""
    value: Any = None
    twins: Key | None = None
    mild: bool = False
    """Of its column the value that a downgrade most probably takes."""


def wishes(
    before: Snapshot, after: Snapshot, tables: Collection[str], seed: int = 0, source: str = ""
) -> tuple[Wish, ...]:
    """What to plant after an upgrade into tables that both schemas have; ``source`` is the revision's own text."""
    old = {t.name: t for t in read_tables(before, tables)}
    pairs = [Pair(old[t.name], t) for t in read_tables(after, tables) if t.name in old]
    words = literals(source)
    return tuple(w for pair in pairs for w in (*_of_columns(pair, seed, words), *_of_keys(pair)))


def named(snapshot: Snapshot, source: str) -> tuple[Wish, ...]:
    """Rows with the words that a revision's statements look for, in the columns and tables that they name."""
    if not _WRITES.search(source):
        return ()
    mentioned = set(_WORD.findall(source))
    tables = [name for name in snapshot.names("table") if parts_of(name)[-1] in mentioned]
    words = [word for word in literals(source) if word not in mentioned or f"'{word}'" in source]
    found: list[Wish] = []
    for table in read_tables(snapshot, tables) if words and tables else ():
        columns = [c for c in table.columns if c.kind == "text" and c.name in mentioned and not c.generated]
        wished = [Wish(Pair(table, table), c.name, w) for c in columns for w in words if fits(c, w)]
        found += wished[:_MOST_LITERALS]
    return tuple(found)


def literals(source: str) -> tuple[str, ...]:
    """The short texts that a revision's code and SQL look for: not those that it inserts itself."""
    try:
        tree = parsed(source)
    except SyntaxError:
        return ()
    inserted = {id(n) for call in ast.walk(tree) if _inserts(call) for n in ast.walk(call)}
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    made = {w for n in ast.walk(tree) if id(n) in inserted for w in _words(n)}
    made |= {w for text in texts if _INSERT.search(text) for w in _QUOTED.findall(text)}
    quoted = [found.replace("''", "'") for text in texts for found in _QUOTED.findall(text)]
    return tuple(dict.fromkeys(t for t in (*quoted, *texts) if 0 < len(t) <= _LONGEST_WORD and t not in made))


def _inserts(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _INSERTING


def _words(node: ast.AST) -> tuple[str, ...]:
    return (node.value,) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ()


def _of_keys(pair: Pair) -> Iterator[Wish]:
    kept = {(k.columns, k.folded) for k in pair.after.keys}
    for key in pair.before.keys:
        if (key.columns, key.folded) not in kept:
            yield Wish(pair, twins=key)


def _of_columns(pair: Pair, seed: int, words: Sequence[str]) -> Iterator[Wish]:
    chance = random.Random(f"{seed}:{pair.after.name}:newer")  # noqa: S311 - rows, not secrets
    old = {c.name: c for c in pair.before.columns}
    texts = {text for _, text in pair.after.conditions}
    fallen = [c for c in of_table(pair.before) if c.text not in texts]
    standing = tuple(of_table(pair.after))
    free = {c for r in pair.before.references if r not in pair.after.references for c in r.columns}
    for column in (c for c in pair.after.columns if not c.generated):
        was = old.get(column.name)
        if was is None or was.generated:
            yield from _new(pair, column, chance, words)
            continue
        if column.nullable and not was.nullable:
            yield Wish(pair, column.name, None)
        own = [c for c in fallen if c.columns == (column.name,)]
        kept = [c for c in standing if c.columns == (column.name,)]
        asked = hints(column, [*fallen, *standing], chance)
        pool = [*_beyond(was), *sorted([*asked, *candidates(column, chance)], key=_size)]
        forbidden = [
            v
            for v in dict.fromkeys(pool)
            if _takes(column, v)
            and all(passes(c, {column.name: v}) for c in kept)
            and (_outside(was, column, v) or column.name in free or any(not passes(c, {column.name: v}) for c in own))
        ]
        for place, value in enumerate(forbidden[:_MOST_VALUES]):
            yield Wish(pair, column.name, value, mild=not place)


def _new(pair: Pair, column: PlantableColumn, chance: random.Random, words: Sequence[str]) -> Iterator[Wish]:
    """A downgrade that drops a column, or computes it again, may choose by its values which rows it keeps."""
    pool = candidates(column, chance)
    some = pool if column.kind in {"choice", "boolean"} else pool[:_MOST_NEW]
    named = [w for w in words if column.kind == "text" and fits(column, w)][:_MOST_LITERALS]
    for value in dict.fromkeys(v for v in (*some, *named) if fits(column, v)):
        yield Wish(pair, column.name, value, mild=True)


def _beyond(was: PlantableColumn) -> Iterator[Any]:
    """Values just outside of what a column takes."""
    if was.kind == "text" and was.length is not None and was.length <= _LONGEST:
        yield "abcdefghij" * (was.length // 10 + 3)
        yield "n" * (was.length + 1)
    elif was.kind == "integer":
        yield from (was.high + 1, was.low - 1)
    elif was.kind == "decimal" and was.length is not None:
        yield Decimal(1) + Decimal(1).scaleb(-was.scale - 1)
        yield Decimal(10) ** (was.length - was.scale)
    elif was.kind == "array" and was.item is not None:
        yield from ("{" + element(v) + "}" for v in _beyond(was.item))


def _takes(column: PlantableColumn, value: Any) -> bool:
    if column.kind == "array" and column.item is not None:
        return True  # only what is made for it comes here; the server says the rest
    return column.kind in {"datetime", "time"} or fits(column, value)


def _outside(was: PlantableColumn, column: PlantableColumn, value: Any) -> bool:
    """Whether a value of a column would not have been one of the column as it was."""
    if was.type == column.type and was.labels == column.labels:
        return False
    if was.kind != column.kind:
        return not fits(was, value)
    if was.kind in {"datetime", "time"}:
        fraction = str(value).partition(".")[2].partition("+")[0].rstrip("0")
        return len(fraction) > (was.length or 0)
    if was.kind == "float":
        return (
            was.length == 4 and struct.unpack("f", struct.pack("f", value))[0] != value if _is_small(value) else False
        )
    if was.kind == "array":
        return value in set(_beyond(was))
    if was.kind in {"boolean", "binary", "bits", "uuid", "json", "samples", "set"}:
        return False
    return not fits(was, value)


def _is_small(value: float) -> bool:
    return abs(value) < 1e30


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str) else 0


def _primary(table: PlantableTable) -> tuple[str, ...]:
    return next((k.columns for k in table.keys if k.name in _PRIMARY), ())
