"""How an object is made and dropped: in one statement where nobody waits, in safe steps where people do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bothways.code import Code, sql
from bothways.dialects.drafting import postgresql_alterations as alterations
from bothways.dialects.drafting import postgresql_columns as columns
from bothways.dialects.drafting import postgresql_constraints as constraints
from bothways.dialects.drafting import postgresql_objects as objects
from bothways.dialects.drafting import postgresql_tables as tables
from bothways.dialects.drafting import postgresql_types as types
from bothways.dialects.drafting.postgresql_dependencies import closure
from bothways.dialects.drafting.postgresql_parts import Part
from bothways.dialects.drafting.postgresql_side import Side, words_of_own
from bothways.dialects.drafting.postgresql_words import beside, ident, own, shortened, words
from bothways.operations import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bothways.operations import Hints

_UNIQUE = re.compile(
    r"(UNIQUE|PRIMARY KEY)( NULLS NOT DISTINCT)? (\(.*?\)(?: INCLUDE \(.*\))?)((?: DEFERRABLE| INITIALLY DEFERRED)*)",
    re.S,
)


@dataclass(frozen=True)
class Shapes:
    """The statements that make and drop each object of a change."""

    old: Side
    new: Side
    hints: Hints
    aside: frozenset[str]

    def make(self, side: Side, key: str, split: frozenset[str] = frozenset()) -> tuple[Code, ...]:
        """The short form."""
        kind = key.partition(":")[0]
        if kind == "table":
            return tables.make(side, key, split)
        if kind == "column":
            return columns.make(side, key)
        if kind == "constraint":
            return constraints.make(side, key)
        if kind == "index":
            return constraints.make_index(side, key)
        return types.make(side, key) if kind == "type" else objects.make(side, key)

    def unmake(self, side: Side, key: str) -> tuple[Code, ...]:
        """The short form of the way back."""
        kind = key.partition(":")[0]
        if kind == "table":
            return tables.unmake(side, key)
        if kind == "column":
            return columns.unmake(key)
        if kind == "constraint":
            return constraints.unmake(side, key)
        if kind == "index":
            return constraints.unmake_index(key)
        return types.unmake(side, key) if kind == "type" else objects.unmake(side, key)

    def parts(self, verb: str, side: Side, key: str, split: frozenset[str]) -> list[Part]:
        """Make or drop an object."""
        kind, name = key.partition(":")[0], key.partition(":")[2]
        if kind == "index" and self._in_use(key):
            return [self._index(verb, side, key)]
        if verb == "create" and kind == "constraint" and self._in_use(key):
            return self._constraint(side, key)
        if verb == "create" and kind == "column" and self._filled(key):
            return self._column(side, key)
        made, unmade = self.make(side, key, split), self.unmake(side, key)
        if key in self.aside and kind == "table":
            made, unmade = (*made, *self._moved_in(key)), (*self._moved_out(key), *unmade)
        if verb == "create":
            return [Part(Step(f"create {kind} {name}", made, unmade, {}, self._cautions(side, key)))]
        return [Part(Step(f"drop {kind} {name}", unmade, made, self._lost(key)))]

    def _in_use(self, key: str) -> bool:
        """Whether people use the table meanwhile, and the object does not step aside for a rewrite of it."""
        table = f"table:{columns.table_of(key)}"
        if self.hints.offline or table in self.aside or not (self.old.has(table) and self.new.has(table)):
            return False
        partitioned = bool(self.new.fact(table, "partition_key")) and key.startswith("index:")
        same = self.old.facts(key) == self.new.facts(key)
        return not partitioned and not (key in self.aside and same)

    def _index(self, verb: str, side: Side, key: str) -> Part:
        made = constraints.make_index(side, key, concurrently=True)
        unmade = constraints.unmake_index(key, concurrently=True)
        if verb == "create":
            return Part(Step(f"create index {own(key)}", made, unmade), "alone")
        return Part(Step(f"drop index {own(key)}", unmade, made), "alone")

    def _constraint(self, side: Side, key: str) -> list[Part]:
        kind, text_ = side.fact(key, "kind"), side.source(key)
        if kind in "cf" and side.facts(key).get("validated") and not self._partitioned(key):
            made = constraints.make(side, key, not_valid=True)
            step = Step(f"add {own(key)} for new rows", made, constraints.unmake(side, key))
            return [Part(step), self.validated(key)]
        found = _UNIQUE.fullmatch(text_)
        if kind in "pu" and found and not self._partitioned(key):
            return [self._unique(side, key, found)]
        made, unmade = constraints.make(side, key), constraints.unmake(side, key)
        caution = f"It reads {columns.table_of(key)} and blocks writes to it meanwhile."
        return [Part(Step(f"add {own(key)}", made, unmade, {}, (caution,)))]

    def _partitioned(self, key: str) -> bool:
        return bool(self.new.fact(f"table:{columns.table_of(key)}", "partition_key"))

    def validated(self, key: str) -> Part:
        """Prove a constraint for the rows that were there before it; the way back makes it unproved again."""
        table = columns.table_of(key)
        up = columns.alter(table, f"VALIDATE CONSTRAINT {words_of_own(key)}")
        down = (*constraints.unmake(self.new, key), *constraints.make(self.new, key, not_valid=True))
        caution = f"It is refused where a row of {table} breaks the constraint."
        return Part(Step(f"validate {own(key)}", (up,), down, {}, (caution,)), "later")

    def _unique(self, side: Side, key: str, found: re.Match[str]) -> Part:
        table = columns.table_of(key)
        index = beside(table, own(key))
        block = constraints.built_concurrently(
            index, f"CREATE UNIQUE INDEX CONCURRENTLY {ident(own(key))} ON {words(table)} {found[3]}{found[2] or ''}"
        )
        add = columns.alter(
            table, f"ADD CONSTRAINT {ident(own(key))} {found[1]} USING INDEX {ident(own(key))}{found[4]}"
        )
        made = (block, add, *constraints.comments(side, key))
        caution = f"It is refused where rows of {table} have the same values."
        return Part(Step(f"add {own(key)}", made, constraints.unmake(side, key), {}, (caution,)), "alone")

    def _filled(self, key: str) -> bool:
        return key in self.hints.backfill and bool(self.new.facts(key).get("not_null")) and key not in self.aside

    def _column(self, side: Side, key: str) -> list[Part]:
        """A column that must have a value: without it first, filled, then required."""
        name, table = ident(own(key)), columns.table_of(key)
        fill = sql(f"UPDATE {words(table)} SET {name} = {self.hints.backfill[key]}")
        added = (*columns.make(side, key, nullable=True), fill)
        first = Step(f"create column {key.partition(':')[2]}", added, columns.unmake(key))
        if self.hints.offline:
            required = Step(
                f"require {own(key)}", (alterations.nullable(key, False),), (alterations.nullable(key, True),)
            )
            return [Part(first), Part(required)]
        return [Part(first), *alterations.required(key, [], {})]

    def _cautions(self, side: Side, key: str) -> tuple[str, ...]:
        facts, table = side.facts(key), columns.table_of(key)
        given = facts.get("default") is not None or facts.get("identity") or not facts.get("not_null")
        if not key.startswith("column:") or given or not self.old.has(f"table:{table}"):
            return ()
        return (f"It is refused where {table} has rows, since nothing says what they have for {own(key)}.",)

    def _lost(self, key: str) -> dict[str, str]:
        kind, name = key.partition(":")[0], key.partition(":")[2]
        if key in self.aside or self.old.fact(key, "generated"):
            return {}
        if kind == "column":
            return {name: "The column is dropped with its values"}
        return {name: "The table is dropped with its rows"} if kind == "table" else {}

    def expression(self, key: str) -> list[Part]:
        """A generated column that becomes a plain one, which keeps its values, or the other way."""
        name = key.partition(":")[2]
        up, down = (self._generated(a, b, key) for a, b in ((self.old, self.new), (self.new, self.old)))
        lossy = {name: "Its values are computed anew"}
        what = "generate" if self.new.fact(key, "generated") else "no longer generate"
        return [Part(Step(f"{what} {name}", up, down, lossy if self.new.fact(key, "generated") else {}))]

    def _generated(self, old: Side, new: Side, key: str) -> tuple[Code, ...]:
        if new.fact(key, "generated"):
            return (*columns.unmake(key), *columns.make(new, key))
        name = ident(own(key))
        codes: list[Code] = [columns.alter(columns.table_of(key), f"ALTER COLUMN {name} DROP EXPRESSION")]
        if columns.typed(old, key) != columns.typed(new, key):
            codes.append(columns.alter(columns.table_of(key), f"ALTER COLUMN {name} TYPE {columns.typed(new, key)}"))
        if new.facts(key).get("default") is not None:
            codes.append(alterations.default(new, key))
        if bool(new.facts(key).get("not_null")) != bool(old.facts(key).get("not_null")):
            codes.append(alterations.nullable(key, not new.facts(key).get("not_null")))
        if new.fact(key, "comment") != old.fact(key, "comment"):
            codes.append(alterations.comment(new, key))
        return tuple(codes)

    def _side_table(self, key: str) -> str:
        return beside(key.partition(":")[2], shortened(f"bothways_moved_{own(key)}"))

    def _moved_out(self, key: str) -> tuple[Code, ...]:
        return (sql(f"CREATE TABLE {self._side_table(key)} AS TABLE {words(key.partition(':')[2])}"),)

    def _moved_in(self, key: str) -> tuple[Code, ...]:
        table = key.partition(":")[2]
        both = [
            ident(own(c))
            for c in self.new.members("column", table)
            if self.old.has(c) and not (self.old.fact(c, "generated") or self.new.fact(c, "generated"))
        ]
        names = ", ".join(both)
        aside = self._side_table(key)
        moved = sql(f"INSERT INTO {words(table)} ({names}) OVERRIDING SYSTEM VALUE", f"SELECT {names} FROM {aside}")
        return (*([moved] if both else ()), sql(f"DROP TABLE {aside}"))

    def type_parts(self, key: str) -> list[Part]:
        """A type made anew; one that only grows gets its labels one by one, and the way back makes it anew."""
        says = f"change type {key.partition(':')[2]}"
        down = types.remade(self.new, self.old, key)
        if types.grows(self.old, self.new, key):
            users = self._users(key)
            undone = (*self._unmade(users), *types.remade(self.new, self.old, key), *self._made(users))
            del undone
        return [Part(Step(says, types.remade(self.old, self.new, key), down))]

    def _users(self, key: str) -> Sequence[str]:
        """What must step aside while a type is made anew, in the order in which it can be dropped."""
        return sorted(closure(frozenset({key}), self.old.depends) - {key})

    def _unmade(self, users: Sequence[str]) -> tuple[Code, ...]:
        return tuple(code for user in users for code in self.unmake(self.old, user))

    def _made(self, users: Sequence[str]) -> tuple[Code, ...]:
        return tuple(code for user in reversed(users) for code in self.make(self.old, user))
