"""How an object is made and dropped: in one statement where nobody waits, in safe steps where people do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bothways.code import Code, sql
from bothways.dialects.drafting import postgresql_alterations as alterations
from bothways.dialects.drafting import postgresql_columns as columns
from bothways.dialects.drafting import postgresql_constraints as constraints
from bothways.dialects.drafting import postgresql_counters as counters
from bothways.dialects.drafting import postgresql_kept as kept
from bothways.dialects.drafting import postgresql_objects as objects
from bothways.dialects.drafting import postgresql_tables as tables
from bothways.dialects.drafting import postgresql_types as types
from bothways.dialects.drafting.postgresql_grants import grants
from bothways.dialects.drafting.postgresql_order import ordered
from bothways.dialects.drafting.postgresql_parts import Node, Part
from bothways.dialects.drafting.postgresql_side import Side, words_of_own
from bothways.dialects.drafting.postgresql_words import beside, ident, own, shortened, words
from bothways.operations import Step

if TYPE_CHECKING:
    from bothways.operations import Hints


@dataclass(frozen=True)
class Shapes:
    """The statements that make and drop each object of a change."""

    old: Side
    new: Side
    hints: Hints
    aside: frozenset[str]

    def make(self, side: Side, key: str, split: frozenset[str] = frozenset()) -> tuple[Code, ...]:
        """The short form, and whoever could use the object still can."""
        # The models say nothing of roles, so an object that only steps aside has the grants that it had.
        granted = grants(self.old if self.old.has(key) else side, key)
        return (*self._made(side, key, split), *granted)

    def _made(self, side: Side, key: str, split: frozenset[str]) -> tuple[Code, ...]:
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
        if verb == "drop" and key not in self.aside and kind in {"column", "table", "sequence"}:
            return [self._loss(key, split)]
        made, unmade = self.make(side, key, split), self.unmake(side, key)
        if key in self.aside and kind == "table":
            made, unmade = (*made, *self._moved_in(key)), (*self._moved_out(key), *unmade)
        if verb == "create":
            return [Part(Step(f"create {kind} {name}", made, unmade, {}, self._cautions(side, key)))]
        return [Part(Step(f"drop {kind} {name}", unmade, made, self._not_computed_again(key), self._written_back(key)))]

    def _not_computed_again(self, key: str) -> dict[str, str]:
        """What is lost of a computed column that steps aside: its values, where nothing computes them from the same."""
        needs = [need for need in self.old.depends.get(key, ()) if need.startswith("column:")]
        same = self.old.fact(key, "generated") == self.new.fact(key, "generated") and all(map(self.new.has, needs))
        if key not in self.aside or not key.startswith("column:") or same:
            return {}
        return {key.partition(":")[2]: "Its values are no longer computed from the same columns"}

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
            cautions = (_twice(key),) if _is_unique(side, key) else ()
            return Part(Step(f"create index {own(key)}", made, unmade, {}, cautions), "alone")
        return Part(Step(f"drop index {own(key)}", unmade, made), "alone")

    def _constraint(self, side: Side, key: str) -> list[Part]:
        if side.fact(key, "kind") in {"c", "f"} and side.facts(key).get("validated") and not self._partitioned(key):
            made = constraints.make(side, key, not_valid=True)
            step = Step(f"add {own(key)} for new rows", made, constraints.unmake(side, key))
            return [Part(step), self.validated(key)]
        if constraints.is_key(side, key) and not self._partitioned(key):
            made = constraints.make_key(side, key)
            step = Step(f"add {own(key)}", made, constraints.unmake(side, key), {}, (_twice(key),))
            return [Part(step, "alone")]
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

    def exchanges(self, key: str) -> bool:
        """Whether an index or a key changes alone, so that the new one can be built before that of before goes."""
        sides, kind = (self.old, self.new), key.partition(":")[0]
        if kind not in {"index", "constraint"} or not self._in_use(key):
            return False
        needs = {need for side in sides for need in side.depends.get(key, ())}
        if any(side.dependents.get(key) for side in sides) or not all(map(self._stands_still, needs)):
            return False
        if kind == "constraint":
            # A table's primary key may be in the way of what takes its name, and of the one that takes its place.
            alike = self.old.fact(key, "kind") == self.new.fact(key, "kind")
            return alike and all(constraints.is_key(side, key) for side in sides) and not self._partitioned(key)
        return not any(side.keyed(key) or side.facts(key).get("replica_identity") for side in sides)

    def _stands_still(self, key: str) -> bool:
        """Whether an index of before and one of afterwards can both stand on something."""
        # What goes takes an index of before with it, or waits for it to be gone.
        if key in self.aside or not self.new.has(key):
            return False
        if key.startswith("table:") or not self.old.has(key):
            return True
        if key.startswith("column:"):
            return not columns.changed(self.old, self.new, key, ("type", "collation", "generated"))
        return self.old.facts(key) == self.new.facts(key)

    def exchanged(self, key: str) -> Part:
        """Another index or key under the same name; at no time there is none."""
        if key.startswith("index:"):
            up, down = (constraints.exchange_index(side, key) for side in (self.new, self.old))
        else:
            up = constraints.make_key(self.new, key, before=self.old)
            down = constraints.make_key(self.old, key, before=self.new)
        cautions = [_twice(key)] if _is_unique(self.new, key) else []
        if _is_unique(self.old, key):
            cautions.append(_twice(key, "Its way back"))
        return Part(Step(f"change {key.partition(':')[0]} {own(key)}", up, down, {}, tuple(cautions)), "alone")

    def _filled(self, key: str) -> bool:
        return key in self.hints.backfill and bool(self.new.facts(key).get("not_null")) and key not in self.aside

    def _column(self, side: Side, key: str) -> list[Part]:
        """A column that must have a value: without it first, filled, then required."""
        name, table = ident(own(key)), columns.table_of(key)
        fill = sql(f"UPDATE {words(table)} SET {name} = {self.hints.backfill[key]}")
        added = (*columns.make(side, key, nullable=True), fill)
        first = Step(f"create column {key.partition(':')[2]}", added, columns.unmake(key), {}, self._written(side, key))
        if self.hints.offline:
            required = Step(
                f"require {own(key)}", (alterations.nullable(key, False),), (alterations.nullable(key, True),)
            )
            return [Part(first), Part(required)]
        return [Part(first), *alterations.required(key, kept.NOTHING, {})]

    def _cautions(self, side: Side, key: str) -> tuple[str, ...]:
        facts, table = side.facts(key), columns.table_of(key)
        given = facts.get("default") is not None or facts.get("identity") or not facts.get("not_null")
        if not key.startswith("column:") or given or not self.old.has(f"table:{table}"):
            return self._written(side, key)
        return (f"It is refused where {table} has rows, since nothing says what they have for {own(key)}.",)

    def _written(self, side: Side, key: str) -> tuple[str, ...]:
        """That a column makes the server write its table anew."""
        table = columns.table_of(key)
        if not side.rewrites(key) or not self.old.has(f"table:{table}"):
            return ()
        return (f"Writing {table} anew with {own(key)} blocks all access to it meanwhile.",)

    def _written_back(self, key: str) -> tuple[str, ...]:
        """That a column which is dropped does so when it comes back."""
        table = columns.table_of(key)
        if not self.old.rewrites(key):
            return ()
        return (f"Its way back writes {table} anew with {own(key)}, which blocks all access to it meanwhile.",)

    def _loss(self, key: str, split: frozenset[str]) -> Part:
        """Drop what has data: it is kept, or its loss is declared."""
        kind, name, side = key.partition(":")[0], key.partition(":")[2], self.old
        counted = self._counters(key)
        begun = {c.partition(":")[2]: self._begins(c) for c in counted}
        lossy, cautions = dict[str, str](), self._written_back(key)
        (save, back), made = kept.NOTHING, self.make(side, key, split)
        if kind == "column" and not side.fact(key, "generated"):
            save, back = kept.column(side, self.new, key) if self.hints.keep_data else kept.NOTHING
            made = self._given_back(key, back)
        if kind == "table" and side.fact(key, "kind") == "r":
            save, back = kept.table(side, key) if self.hints.keep_data else kept.NOTHING
            made = (*made, *back)
        if not save and kind != "sequence" and not side.fact(key, "generated"):
            lossy[name] = f"The {kind} is dropped with its {'values' if kind == 'column' else 'rows'}"
            lossy[name] += ", of which no key says whose they were" if kind == "column" and self.hints.keep_data else ""
        if side.fact(key, "generated") and self._computed_from_lost(key):
            lossy[name] = "What it was computed from is dropped with its values"
        if not self.hints.keep_data:
            return Part(Step(f"drop {kind} {name}", self.unmake(side, key), made, begun | lossy, cautions))
        for counter in counted:
            keep, give = kept.counter(counter)
            save, made = (*save, *keep), (*made, *give)
        return Part(Step(f"drop {kind} {name}", (*save, *self.unmake(side, key)), made, lossy, cautions))

    def _computed_from_lost(self, key: str) -> bool:
        needs = [n for n in self.old.depends.get(key, ()) if n.startswith("column:") and not self.new.has(n)]
        return any(not self.hints.keep_data or kept.column(self.old, self.new, n) == kept.NOTHING for n in needs)

    def _begins(self, sequence: str) -> str:
        """What is lost with a sequence."""
        if counters.stays(self.old, self.new, sequence):
            return "The sequence is dropped and goes on after its rows: what deleted rows had is handed out again"
        return "The sequence is dropped and begins anew"

    def _counters(self, key: str) -> list[str]:
        """The sequences that go with what is dropped."""
        if key.startswith("sequence:"):
            return [key]
        columns_ = self.old.members("column", key.partition(":")[2]) if key.startswith("table:") else (key,)
        owned = ((c, self.old.owned.get(c)) for c in columns_)
        return [s for c, s in owned if s and (self.old.fact(c, "identity") or self.old.serial(c))]

    def _given_back(self, key: str, back: tuple[Code, ...]) -> tuple[Code, ...]:
        """A column as it was, where rows may be that need a value in it."""
        side, facts = self.old, self.old.facts(key)
        given = facts.get("default") is not None or facts.get("identity") or not facts.get("not_null")
        value = kept.placeholder(side, key)
        if given:
            return (*columns.make(side, key), *back)
        if value:
            return (*columns.make_filled(side, key, value), *back)
        if back:
            return (*columns.make(side, key, nullable=True), *back, alterations.nullable(key, False))
        return columns.make(side, key)

    def expression(self, key: str) -> list[Part]:
        """A generated column that becomes a plain one, which keeps its values, or the other way."""
        name = key.partition(":")[2]
        up = self._generated(self.old, self.new, key, "")
        down = self._generated(self.new, self.old, key, kept.placeholder(self.old, key))
        lossy = {name: "Its values are computed anew"}
        what = "generate" if self.new.fact(key, "generated") else "no longer generate"
        if self.new.fact(key, "generated"):
            return [Part(Step(f"{what} {name}", up, down, lossy, self._written(self.new, key)))]
        return [Part(Step(f"{what} {name}", up, down, {}, self._written_back(key)))]

    def _generated(self, old: Side, new: Side, key: str, spare: str) -> tuple[Code, ...]:
        """From one side to the other; ``spare`` is what a required column has where nothing was computed."""
        if new.fact(key, "generated"):
            return (*columns.unmake(key), *columns.make(new, key))
        name = ident(own(key))
        codes: list[Code] = [columns.alter(columns.table_of(key), f"ALTER COLUMN {name} DROP EXPRESSION")]
        if columns.typed(old, key) != columns.typed(new, key):
            codes.append(columns.alter(columns.table_of(key), f"ALTER COLUMN {name} TYPE {columns.typed(new, key)}"))
        if new.facts(key).get("default") is not None:
            codes.append(alterations.default(new, key))
        if bool(new.facts(key).get("not_null")) != bool(old.facts(key).get("not_null")):
            if new.facts(key).get("not_null") and spare:
                codes.append(sql(f"UPDATE {words(columns.table_of(key))} SET {name} = {spare} WHERE {name} IS NULL"))
            codes.append(alterations.nullable(key, not new.facts(key).get("not_null")))
        if new.fact(key, "comment") != old.fact(key, "comment"):
            codes.append(alterations.comment(new, key))
        return tuple(codes)

    def _side_table(self, key: str) -> str:
        return beside(key.partition(":")[2], shortened(f"bothways_moved_{own(key)}"))

    def _moved_out(self, key: str) -> tuple[Code, ...]:
        moved = sql(f"CREATE TABLE {self._side_table(key)} AS TABLE {words(key.partition(':')[2])}")
        return (moved, *(code for counter in self._counters_of_both(key) for code in kept.counter(counter)[0]))

    def _counters_of_both(self, key: str) -> list[str]:
        columns_ = [c for c in self.old.members("column", key.partition(":")[2]) if self.new.has(c)]
        owned = [(self.old.owned.get(c), self.new.owned.get(c)) for c in columns_]
        return [a for a, b in owned if a and a == b]

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
        counted = [code for counter in self._counters_of_both(key) for code in kept.counter(counter)[1]]
        return (*([moved] if both else ()), sql(f"DROP TABLE {aside}"), *counted)

    def type_parts(self, key: str) -> list[Part]:
        """A type made anew under its columns."""
        up, down = types.remade(self.old, self.new, key), types.remade(self.new, self.old, key)
        after = self.new.items(key, "labels")
        removed = [label for label in self.old.items(key, "labels") if label not in after]
        users = types.columns_with(self.old, self.new, key)
        held = [kept.labels(self.old, self.new, c, removed) for c in users if removed and self.hints.keep_data]
        for save, back in held:
            up, down = (*save, *up), (*down, *back)
        cautions = ["Writing the tables that have it anew blocks all access to them meanwhile."]
        if removed and not (held and all(save for save, _ in held)):
            cautions.append(f"It is refused where a row has {' or '.join(removed)}.")
        if set(after) - set(self.old.items(key, "labels")):
            cautions.append("Its way back is refused where a row has a label that only the new type has.")
        return [Part(Step(f"change type {key.partition(':')[2]}", up, down, {}, tuple(cautions)))]

    def grown(self, key: str, users: frozenset[str]) -> Part:
        """An enum that gets its labels one by one; the way back makes it anew, and what stands in its way too."""
        old, new = self.old, self.new
        aside = [node.key for node in ordered([Node("drop", k, (), 0) for k in sorted(users)], old, old)]
        unmade = [code for user in aside for code in self.unmake(old, user)]
        made = [code for user in reversed(aside) for code in self.make(old, user)]
        noted = [types.comment(new, key)] if columns.changed(old, new, key, ("comment",)) else []
        down = (*unmade, *types.remade(old, old, key), *made)
        labels = [label for label in new.items(key, "labels") if label not in old.items(key, "labels")]
        says = f"add {' and '.join(labels)} to {key.partition(':')[2]}"
        caution = "Its way back is refused where a row has a label that only the new type has."
        return Part(Step(says, (*types.additions(old, new, key), *noted), down, {}, (caution,)), "alone")


def _is_unique(side: Side, key: str) -> bool:
    return key.startswith("constraint:") or bool(side.facts(key).get("unique"))


def _twice(key: str, what: str = "It") -> str:
    return f"{what} is refused where rows of {columns.table_of(key)} have the same values."
