"""Which objects a change touches: what goes, what comes, what is altered, and what must step aside meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bothways.dialects.drafting import postgresql_alterations as alterations
from bothways.dialects.drafting import postgresql_casts as casts
from bothways.dialects.drafting import postgresql_columns as columns
from bothways.dialects.drafting import postgresql_objects as objects
from bothways.dialects.drafting import postgresql_tables as tables
from bothways.dialects.drafting import postgresql_types as types
from bothways.dialects.drafting.postgresql_side import MEMBERS, Side
from bothways.snapshot import difference

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = objects.KINDS | {"type", "table", "column", "constraint", "index"}
_STOPS_A_TYPE = frozenset({"view", "rule", "trigger", "policy", "routine"})


@dataclass(frozen=True)
class Scope:
    """The keys that a change touches."""

    old: Side
    new: Side

    @cached_property
    def changed(self) -> frozenset[str]:
        """The objects of both sides that differ."""
        both = (k for k in self._differ if self.old.has(k) and self.new.has(k))
        return frozenset(both) - self.gone - self.come

    @cached_property
    def gone(self) -> frozenset[str]:
        """The objects of the old side only."""
        freed = {k for k in self._indexes_of_both if not self.old.keyed(k) and self.new.keyed(k)}
        return frozenset(k for k in self._differ if not self.new.has(k)) | freed

    @cached_property
    def come(self) -> frozenset[str]:
        """The objects of the new side only."""
        left = {k for k in self._indexes_of_both if self.old.keyed(k) and not self.new.keyed(k)}
        return frozenset(k for k in self._differ if not self.old.has(k)) | left

    @cached_property
    def _indexes_of_both(self) -> frozenset[str]:
        """The indexes whose constraint comes or goes, while an index of that name was there and will be."""
        indexes = ("index:" + k.partition(":")[2] for k in self._differ if k.startswith("constraint:"))
        return frozenset(k for k in indexes if self.old.has(k) and self.new.has(k))

    @cached_property
    def _differ(self) -> tuple[str, ...]:
        found = difference(self.old.state.snapshot, self.new.state.snapshot, tiers=("semantic",))
        keys = sorted({change.key for change in found if change.kind in KINDS})
        alone = self._partitions()
        return tuple(k for k in keys if not (alone & _relations(k) or self._follows(k) or self._aggregates(k)))

    def _aggregates(self, key: str) -> bool:
        """Whether it is an aggregate, of which the server prints no definition: it is told, not drafted."""
        return key.startswith("routine:") and any(
            s.has(key) and s.fact(key, "kind") == "a" for s in (self.old, self.new)
        )

    def _partitions(self) -> set[str]:
        """The partitions that only the database has, of tables that stay."""
        found = set()
        for key in self.old.state.snapshot.objects:
            if key.startswith("table:") and self.old.fact(key, "partition_bound") and not self.new.has(key):
                parent = self._root(key)
                if self.new.fact(parent, "partition_key"):
                    found.add(key.partition(":")[2])
        return found

    def _root(self, key: str) -> str:
        while self.old.items(key, "parents"):
            key = "table:" + self.old.items(key, "parents")[0].removeprefix("public.")
        return key

    def _follows(self, key: str) -> bool:
        """Whether an object is what it is by another one: an index of a key, a column of a view or of a parent."""
        sides = [side for side in (self.old, self.new) if side.has(key)]
        kind = key.partition(":")[0]
        if kind == "index":
            if any(side.fact(key, "parent") for side in sides):
                return True
            return all(side.keyed(key) for side in sides) and not self._noted(key, sides)
        if kind in {"column", "constraint"} and any(not side.facts(key).get("local", True) for side in sides):
            return True
        return kind == "column" and any(side.table_kind(columns.table_of(key)) == "view" for side in sides)

    def _noted(self, key: str, sides: list[Side]) -> bool:
        return len(sides) > 1 and columns.changed(self.old, self.new, key, ("comment",))

    @cached_property
    def aside(self) -> frozenset[str]:
        """The objects that are dropped and made again, because they change so or for another one's sake."""
        found: set[str] = set()
        work = [(k, "gone") for k in sorted(self.gone)]
        for key in sorted(self.changed):
            mode = self._mode(key)
            if mode == "anew":
                found.add(key)
            if mode:
                work.append((key, mode))
        seen = set(work)
        while work:
            key, mode = work.pop()
            for user, its_mode in self._stirred(key, mode):
                if its_mode == "anew":
                    found.add(user)
                if (user, its_mode) not in seen:
                    seen.add((user, its_mode))
                    work.append((user, its_mode))
        return frozenset(found)

    def _mode(self, key: str) -> str:
        """How an object's own change stirs those that need it."""
        old, new, kind = self.old, self.new, key.partition(":")[0]
        if kind == "type":
            stays = types.alterations(old, new, key) is not None or types.grows(old, new, key)
            return "" if stays else "retyped"
        if kind == "table":
            return "" if tables.alterations(old, new, key) is not None else "anew"
        if kind == "column":
            return self._mode_of_column(key)
        if kind in {"constraint", "index"}:
            facts = {f for f in {*old.facts(key), *new.facts(key)} if columns.changed(old, new, key, (f,))}
            facts = {f for f in facts if new.state.snapshot.tier(key, f) == "semantic"}
            return "" if facts <= {"comment"} or self.is_validated(key) else "anew"
        return "" if objects.alterations(old, new, key) is not None else "anew"

    def _mode_of_column(self, key: str) -> str:
        old, new = self.old, self.new
        if columns.changed(old, new, key, ("generated",)):
            return "expression"
        if new.fact(key, "generated") and columns.changed(old, new, key, ("default",)):
            return "anew"
        if alterations.type_changes(old, new, key):
            return "type"
        return ""

    def is_validated(self, key: str) -> bool:
        """Whether a constraint only is to be proved for its old rows."""
        old, new = self.old, self.new
        definition = old.fact(key, "definition").removesuffix(" NOT VALID")
        others = ("comment", "deferrable", "deferred", "no_inherit", "kind")
        return (
            not old.facts(key).get("validated", True)
            and bool(new.facts(key).get("validated", True))
            and definition == new.fact(key, "definition")
            and not columns.changed(old, new, key, others)
        )

    @cached_property
    def grown(self) -> frozenset[str]:
        """The enums that only get further labels."""
        return frozenset(k for k in self.changed if k.startswith("type:") and types.grows(self.old, self.new, k))

    def users(self, key: str) -> frozenset[str]:
        """What steps aside while a type of the old side is made anew."""
        found: set[str] = set()
        work = [(key, "retyped")]
        seen = set(work)
        while work:
            needed, mode = work.pop()
            for user in sorted(self.old.dependents.get(needed, frozenset())):
                its_mode = self._its_mode(needed, mode, user)
                if its_mode == "anew":
                    found.add(user)
                if its_mode and (user, its_mode) not in seen:
                    seen.add((user, its_mode))
                    work.append((user, its_mode))
        return frozenset(k for k in found if not (k.startswith("index:") and self._made_with_another(k)))

    def _made_with_another(self, index: str) -> bool:
        return self.old.keyed(index) or self.old.table_kind(columns.table_of(index)) == "view"

    def _stirred(self, key: str, mode: str) -> Iterator[tuple[str, str]]:
        users = self.old.dependents.get(key, frozenset()) | self.new.dependents.get(key, frozenset())
        for user in sorted(users):
            if self.old.has(user) and self.new.has(user):
                its_mode = self._its_mode(key, mode, user)
                if its_mode:
                    yield user, its_mode

    def _its_mode(self, key: str, mode: str, user: str) -> str:
        kind = user.partition(":")[0]
        generated = bool(self.old.fact(user, "generated") or self.new.fact(user, "generated"))
        if kind == "sequence":
            return ""
        if mode == "retyped":
            return ("anew" if generated else "typed") if kind == "column" else ("" if kind == "type" else "anew")
        if mode in {"type", "typed"}:
            if kind == "constraint":
                return "anew" if self.old.fact(user, "kind") == "f" and self._far(key, mode) else ""
            return "anew" if kind in _STOPS_A_TYPE or (kind == "column" and generated) else ""
        if kind == "column":
            if mode in {"anew", "gone"} and key == f"table:{columns.table_of(user)}":
                return "anew"
            return "anew" if generated else "default"
        if kind == "table":
            return ""
        return "anew" if mode in {"anew", "gone", "expression"} else ""

    def _far(self, key: str, mode: str) -> bool:
        """Whether values of a column can't be compared with those of its other type."""
        if mode == "typed":
            return True
        kinds = {casts.base(columns.plain(side, key)) for side in (self.old, self.new)}
        return not (kinds <= set(casts.WHOLE) or kinds <= casts.STRINGS or len(kinds) == 1)

    @cached_property
    def defaults_aside(self) -> frozenset[str]:
        """The columns whose default goes while what it calls is made anew."""
        found = set()
        for key in self.aside | self.gone:
            if key.partition(":")[0] == "routine":
                found |= {u for u in self.old.dependents.get(key, ()) if u.startswith("column:")}
        return frozenset(c for c in found if self.old.has(c) and self.new.has(c) and not self.old.fact(c, "generated"))

    @cached_property
    def retyped(self) -> frozenset[str]:
        """The types that are made anew under the columns that have them."""
        return frozenset(k for k in self.changed if k.startswith("type:") and self._mode(k) == "retyped")

    @cached_property
    def retyped_columns(self) -> frozenset[str]:
        """The columns whose type is made anew under them."""
        return frozenset(c for key in self.retyped for c in types.columns_with(self.old, self.new, key))


def _relations(key: str) -> set[str]:
    kind, _, name = key.partition(":")
    return {columns.table_of(key)} if kind in MEMBERS else {name}
