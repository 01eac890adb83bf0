"""One side of a change as the drafter asks it: facts, texts, who belongs to whom, who depends on whom."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bothways.dialects.drafting.postgresql_words import own, text, words
from bothways.snapshot import split_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bothways.operations import State
    from bothways.snapshot import Value

MEMBERS = frozenset({"column", "constraint", "index", "trigger", "rule", "policy"})
"""The kinds whose key begins with the name of their table."""
_KEYED = ("p", "u", "x")
_SERIAL = {"integer": "serial", "bigint": "bigserial", "smallint": "smallserial"}
_LARGEST = {"integer": 2**31 - 1, "bigint": 2**63 - 1, "smallint": 2**15 - 1}


@dataclass(frozen=True)
class Side:
    """A state with the questions that a drafter asks."""

    state: State

    def has(self, key: str) -> bool:
        """Whether there is such an object."""
        return key in self.state.snapshot.objects

    def facts(self, key: str) -> Mapping[str, Value]:
        """What the catalog says of an object; nothing where there is none."""
        return self.state.snapshot.objects.get(key, {})

    def fact(self, key: str, name: str) -> str:
        """One fact as a text; empty where there is none."""
        found = self.facts(key).get(name)
        return "" if found is None else str(found)

    def items(self, key: str, name: str) -> tuple[str, ...]:
        """A fact that is a list."""
        found = self.facts(key).get(name)
        return found if isinstance(found, tuple) else ()

    def source(self, key: str, fact: str = "") -> str:
        """The text from which an object or a part of it can be made again; the catalog's own where there is none."""
        name = f"{key}/{fact}" if fact else key
        found = self.state.sources.get(name)
        return found if found is not None else self.fact(key, fact or "definition")

    @cached_property
    def depends(self) -> Mapping[str, frozenset[str]]:
        """What each object depends on directly."""
        found: dict[str, frozenset[str]] = {}
        for key, value in self.state.sources.items():
            if key.startswith("depends:"):
                found[key.removeprefix("depends:")] = frozenset(json.loads(value))
        return found

    @cached_property
    def dependents(self) -> Mapping[str, frozenset[str]]:
        """What depends on each object directly."""
        found: dict[str, set[str]] = defaultdict(set)
        for key, others in self.depends.items():
            for other in others:
                found[other].add(key)
        return {key: frozenset(keys) for key, keys in found.items()}

    @cached_property
    def _members(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for key in self.state.snapshot.objects:
            kind, _, name = key.partition(":")
            if kind in MEMBERS:
                found[f"{kind} {split_name(name)[0]}"].append(key)
        return found

    def members(self, kind: str, table: str) -> tuple[str, ...]:
        """The columns of a table in their order, or its constraints, indexes, triggers by name."""
        keys = self._members.get(f"{kind} {table}", ())
        if kind == "column":
            return tuple(sorted(keys, key=lambda k: int(str(self.facts(k)["position"]))))
        return tuple(sorted(keys))

    @cached_property
    def owned(self) -> Mapping[str, str]:
        """The sequence of each column that owns one."""
        found = {}
        for key in sorted(self.state.snapshot.objects):
            if key.startswith("sequence:") and self.fact(key, "owned_by"):
                for column in self.depends.get(key, ()):
                    if column.startswith("column:"):
                        found[column] = key
        return found

    def owner(self, sequence: str) -> str:
        """The column that owns a sequence."""
        return next((column for column, key in self.owned.items() if key == sequence), "")

    def serial(self, column: str) -> str:
        """``serial`` where a column is what that word makes, with nothing changed since."""
        sequence = self.owned.get(column)
        if sequence is None or not self.fact(sequence, "owned_by").endswith(" a"):
            return ""
        table = split_name(column.partition(":")[2])[0]
        kind, facts = self.fact(column, "type"), self.facts(sequence)
        plain = {"type": kind, "start": "1", "increment": "1", "minimum": "1", "cache": "1", "cycle": False}
        if kind not in _SERIAL or any(facts.get(k) != v for k, v in plain.items()) or "comment" in facts:
            return ""
        counts = self.fact(column, "default").startswith("nextval(") and self.facts(column).get("not_null")
        if not counts or sequence not in self.depends.get(column, ()) or facts["maximum"] != str(_LARGEST[kind]):
            return ""
        return _SERIAL[kind] if sequence == f"sequence:{default_sequence(table, own(column))}" else ""

    def rewrites(self, column: str) -> bool:
        """Whether all rows are written anew where a column is added: its default is another one for each, say."""
        return f"rewrites:{column}" in self.state.sources

    def keyed(self, index: str) -> bool:
        """Whether an index is that of a constraint."""
        constraint = "constraint:" + index.partition(":")[2]
        return self.fact(constraint, "kind") in _KEYED

    def is_child(self, table: str) -> bool:
        """Whether a table is a partition or inherits."""
        return bool(self.items(f"table:{table}", "parents"))

    def table_kind(self, table: str) -> str:
        """What relation this is: ``table``, ``view`` or nothing."""
        return next((kind for kind in ("table", "view") if self.has(f"{kind}:{table}")), "")

    def key_columns(self, table: str) -> tuple[str, ...]:
        """The columns of the primary key, as statements have them."""
        for constraint in self.members("constraint", table):
            if self.fact(constraint, "kind") == "p":
                inside = self.fact(constraint, "definition").partition("(")[2].partition(")")[0]
                return tuple(inside.split(", "))
        return ()


def default_sequence(table: str, column: str) -> str:
    """The name that the server gives to a column's sequence, as a key has it."""
    owner, relation = split_name(table)
    from bothways.snapshot import key_part

    name = key_part(shared_name(relation, column, "seq"))
    return f"{owner}.{name}" if owner else name


def shared_name(first: str, second: str, label: str) -> str:
    """The server's makeObjectName(): both names cut alike until all fits in 63 bytes."""
    a, b = first.encode(), second.encode()
    room = 63 - len(label) - 2
    while len(a) + len(b) > room:
        if len(a) > len(b):
            a = a[:-1]
        else:
            b = b[:-1]
    return f"{a.decode(errors='ignore')}_{b.decode(errors='ignore')}_{label}"


def comment_on(what: str, comment: str) -> str:
    """The statement that comments an object, or takes its comment away."""
    return f"COMMENT ON {what} IS {text(comment) if comment else 'NULL'}"


def described(side: Side, key: str) -> str:
    """An object as COMMENT ON names it."""
    kind, _, name = key.partition(":")
    table = split_name(name)[0]
    if kind == "column":
        return f"COLUMN {words(name)}"
    if kind in {"constraint", "trigger", "rule", "policy"}:
        return f"{kind.upper()} {words_of_own(key)} ON {words(table)}"
    if kind == "index":
        return f"INDEX {index_words(name)}"
    if kind == "view":
        return f"{'MATERIALIZED VIEW' if side.fact(key, 'kind') == 'm' else 'VIEW'} {words(name)}"
    if kind == "type":
        return f"{'DOMAIN' if side.fact(key, 'kind') == 'd' else 'TYPE'} {words(name)}"
    if kind == "routine":
        return routine_words(side, key)
    if kind == "table" and side.fact(key, "kind") == "f":
        return f"FOREIGN TABLE {words(name)}"
    return f"{kind.upper().replace('_', ' ')} {words(name)}"


def words_of_own(key: str) -> str:
    """The object's own name as statements have it."""
    from bothways.dialects.drafting.postgresql_words import ident

    return ident(own(key))


def index_words(name: str) -> str:
    """An index as statements name it: in its table's schema."""
    from bothways.dialects.drafting.postgresql_words import beside

    table, index = split_name(name)
    return beside(table, index)


def routine_words(side: Side, key: str) -> str:
    """``FUNCTION f(integer)``, as DROP and COMMENT name it."""
    name, _, arguments = key.partition(":")[2].partition("(")
    kind = {"p": "PROCEDURE", "a": "AGGREGATE"}.get(side.fact(key, "kind"), "FUNCTION")
    inside = arguments[:-1] or ("*" if kind == "AGGREGATE" else "")
    return f"{kind} {words(name)}({inside})"
