"""From the touched objects to nodes: each with the statements that do it and undo it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bothways.code import Code, sql
from bothways.dialects.drafting import postgresql_alterations as alterations
from bothways.dialects.drafting import postgresql_columns as columns
from bothways.dialects.drafting import postgresql_objects as objects
from bothways.dialects.drafting import postgresql_tables as tables
from bothways.dialects.drafting import postgresql_types as types
from bothways.dialects.drafting.postgresql_parts import Node, Part
from bothways.dialects.drafting.postgresql_shapes import Shapes
from bothways.dialects.drafting.postgresql_side import Side, comment_on, described
from bothways.dialects.drafting.postgresql_words import own
from bothways.operations import Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bothways.dialects.drafting.postgresql_scope import Scope
    from bothways.operations import Hints

_DROP = (
    "policy", "rule", "trigger", "view", "statistics", "index", "constraint", "routine", "column", "table", "sequence",
    "type", "collation", "extension", "schema",
)  # fmt: skip
_ALTER = ("schema", "extension", "collation", "type", "sequence", "table", "column")
_CREATE = (
    "schema", "extension", "collation", "type", "sequence", "table", "column", "constraint", "index", "statistics",
    "routine", "view", "rule", "trigger", "policy",
)  # fmt: skip
_MADE_OF = ("column", "constraint", "index")


def _rank(verb: str, kind: str) -> float:
    """Types and what else others are made of first, then what goes, then tables, then what is made of them."""
    order = {"drop": _DROP, "alter": _ALTER, "create": _CREATE}[verb]
    place = order.index(kind) if kind in order else len(order)
    if verb == "create" and kind in {"schema", "extension", "collation", "type", "sequence"}:
        return place
    return {"drop": 100, "create": 200, "alter": 300}[verb] + place


@dataclass(frozen=True)
class Plan:
    """All nodes of a change."""

    scope: Scope
    hints: Hints

    @property
    def old(self) -> Side:
        """The side as it was."""
        return self.scope.old

    @property
    def new(self) -> Side:
        """The side as it is to be."""
        return self.scope.new

    @cached_property
    def shapes(self) -> Shapes:
        """How each object is made and dropped."""
        return Shapes(self.old, self.new, self.hints, self.scope.aside)

    def nodes(self) -> Iterator[Node]:
        """What is to be done, in no order."""
        aside = self.scope.aside - self.exchanged
        yield from self._sided("drop", self.old, self.scope.gone | aside)
        yield from self._sided("create", self.new, self.scope.come | aside)
        for key in sorted(self.exchanged):
            yield self._node("alter", key, [self.shapes.exchanged(key)])
        for key in sorted(self.scope.changed - self.scope.aside):
            if key in self.scope.grown:
                # First of all, since it is committed at once; what it needs for the way back it brings along.
                yield Node("grow", key, (self.shapes.grown(key, self.scope.users(key)),), -1)
                continue
            parts = self._altered(key)
            if parts:
                covers = frozenset(types.columns_with(self.old, self.new, key)) if key in self.scope.retyped else ()
                yield self._node("alter", key, parts, frozenset(covers))
        yield from self._owners()
        for key in sorted(self.scope.defaults_aside):
            yield from self._default(key)

    @cached_property
    def exchanged(self) -> frozenset[str]:
        """The indexes and keys for which at all times there is one."""
        return frozenset(filter(self.shapes.exchanges, self.scope.aside & self.scope.changed))

    def _node(self, verb: str, key: str, parts: list[Part], covers: frozenset[str] = frozenset()) -> Node:
        kind = key.partition(":")[0]
        rank = _rank(verb, kind)
        if kind == "column":
            # In their order, and dropped the other way round, so that they come back in it.
            side = self.old if verb == "drop" else self.new
            rank += int(str(side.facts(key)["position"])) / (-10_000 if verb == "drop" else 10_000)
        if kind == "constraint" and verb == "create" and (self.new.fact(key, "kind") == "f"):
            rank = _rank(verb, "routine")
        return Node(verb, key, tuple(parts), rank, covers)  # type: ignore[arg-type]

    def _sided(self, verb: str, side: Side, keys: frozenset[str]) -> Iterator[Node]:
        made = {k for k in keys if k.startswith(("table:", "view:"))}
        split = self._split(side, made)
        covers = {key: self._covered(side, key, split) for key in made}
        for key in keys:
            if key.startswith("column:"):
                covers[key] = frozenset(self._with_column(side, key))
        absorbed = {k for table in made for k in covers[table]} | {k for c in covers.values() for k in c}
        for key in sorted(keys - absorbed):
            if self._by_its_column(side, key):
                continue
            parts = self.shapes.parts(verb, side, key, split)
            yield self._node(verb, key, parts, covers.get(key, frozenset()))

    def _by_its_column(self, side: Side, key: str) -> bool:
        """Whether a sequence comes or goes with its column's identity."""
        owner = side.owner(key) if key.startswith("sequence:") else ""
        return bool(owner) and bool(side.fact(owner, "identity"))

    def _with_column(self, side: Side, key: str) -> Iterator[str]:
        sequence = side.owned.get(key)
        if sequence is not None and (side.fact(key, "identity") or side.serial(key)):
            yield sequence

    def _covered(self, side: Side, key: str, split: frozenset[str]) -> frozenset[str]:
        name = key.partition(":")[2]
        found = {m for kind in _MADE_OF for m in side.members(kind, name) if m not in split}
        for column in side.members("column", name):
            found |= set(self._with_column(side, column))
        return frozenset(found)

    def _split(self, side: Side, made: set[str]) -> frozenset[str]:
        """The foreign keys that close a circle of tables, and what partitions have of their own."""
        found: set[str] = set()
        done: dict[str, bool] = {}

        def visit(table: str) -> None:
            done[table] = False
            for key, target in _foreign(side, table):
                if target in made and target not in done:
                    visit(target)
                if target in made and not done[target]:
                    found.add(key)
            done[table] = True

        for table in sorted(made):
            if table not in done:
                visit(table)
            if side.fact(table, "partition_bound"):
                members = side.members("constraint", table.partition(":")[2])
                found |= {c for c in members if side.facts(c).get("local")}
        return frozenset(found)

    def _altered(self, key: str) -> list[Part]:
        old, new, kind = self.old, self.new, key.partition(":")[0]
        if kind == "column":
            return self._column(key)
        if kind == "table":
            return [Part(step) for step in tables.alterations(old, new, key) or ()]
        if kind == "type":
            return self.shapes.type_parts(key) if key in self.scope.retyped else types.alterations(old, new, key) or []
        if kind == "constraint" and self.scope.is_validated(key):
            return [self.shapes.validated(key)]
        if kind in {"constraint", "index"}:
            up, down = (sql(comment_on(described(s, key), s.fact(key, "comment"))) for s in (new, old))
            return [Part(Step(f"comment {own(key)}", (up,), (down,)))]
        if kind == "sequence" and self._counts_on(key):
            return []
        return [Part(step) for step in objects.alterations(old, new, key) or ()]

    def _counts_on(self, key: str) -> bool:
        column = self.old.owner(key)
        modes = {bool(side.fact(column, "identity")) for side in (self.old, self.new)}
        return bool(column) and column == self.new.owner(key) and len(modes) > 1

    def _column(self, key: str) -> list[Part]:
        if columns.changed(self.old, self.new, key, ("generated",)):
            return self.shapes.expression(key)
        retyped = key in self.scope.retyped_columns or key in self.scope.defaults_aside
        return alterations.parts(self.old, self.new, key, self.hints, retyped) or []

    def _owners(self) -> Iterator[Node]:
        """Sequences that get to belong to a column, or no longer do."""
        keys = {k for side in (self.old, self.new) for k in side.owned.values()}
        for key in sorted(keys & (self.scope.gone | self.scope.come | self.scope.changed | self.scope.aside)):
            before, after = (self._loosely_owned(side, key) for side in (self.old, self.new))
            if (before == after and key not in self.scope.aside) or self._counts_on(key):
                continue
            if before:
                step = Step(f"free {own(key)}", objects.free_sequence(key), objects.own_sequence(self.old, key))
                yield Node("drop", f"{key}/owner", (Part(step),), 99)
            if after:
                step = Step(f"bind {own(key)}", objects.own_sequence(self.new, key), objects.free_sequence(key))
                yield Node("create", f"{key}/owner", (Part(step),), 299)

    def _loosely_owned(self, side: Side, key: str) -> str:
        """The column that a sequence belongs to by OWNED BY, where neither is made with the other."""
        column = side.owner(key)
        if not column or side.fact(column, "identity"):
            return ""
        other = self.new if side is self.old else self.old
        whole = not other.has(column) or column in self.scope.aside
        return "" if whole and side.serial(column) else column

    def _default(self, key: str) -> Iterator[Node]:
        old, new = alterations.default(self.old, key), alterations.default(self.new, key)
        none: Code = columns.without_default(key)
        if self.old.facts(key).get("default") is not None:
            yield Node("drop", f"{key}/default", (Part(Step(f"drop the default of {own(key)}", (none,), (old,))),), 99)
        if self.new.facts(key).get("default") is not None:
            step = Step(f"set the default of {own(key)}", (new,), (none,))
            yield Node("create", f"{key}/default", (Part(step),), 299)


def _foreign(side: Side, table: str) -> Iterator[tuple[str, str]]:
    """The foreign keys of a table to other tables."""
    for key in side.members("constraint", table.partition(":")[2]):
        if side.fact(key, "kind") == "f":
            needs = (n for n in side.depends.get(key, ()) if n.startswith("column:"))
            for target in sorted({f"table:{columns.table_of(need)}" for need in needs} - {table}):
                yield key, target
