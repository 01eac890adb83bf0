"""How the tables of one MySQL or MariaDB database become those of another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bothways.code import call
from bothways.dialects.drafting import mysql_statements as statements
from bothways.dialects.drafting.mysql_cautions import Cautions
from bothways.dialects.drafting.mysql_rows import Alteration, side_table
from bothways.operations import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from bothways.code import Code
    from bothways.dialects.drafting.mysql_tables import Column, ForeignKey, Table
    from bothways.operations import Hints

Tables = dict[str, "Table"]


@dataclass(frozen=True)
class TableChange:
    """Both sides' tables, and the steps from the one to the other."""

    old: Tables
    new: Tables
    hints: Hints

    def steps(self) -> Iterator[Step]:
        """All steps, in order."""
        made, late = _creation(self.new, self.added, self.changed)
        dropped, early = _creation(self.old, self.removed, self.changed)
        if self.hints.keep_data:
            # A table that is put aside must not hold on to others.
            early = {t.name: list(t.foreign.values()) for t, _ in dropped if t.foreign}
        yield from self._drop_foreign(early)
        for table, keys in made:
            yield Step(f"create {table.key}", (statements.create_table(table, keys),), (_drop_table(table),))
        for name in self.changed:
            yield Alteration(self.old[name], self.new[name], self.hints).step()
        yield from self._add_foreign(late)
        for table, keys in reversed(dropped):
            yield self._drop(table, keys)

    def _drop(self, table: Table, keys: list[ForeignKey]) -> Step:
        if self.hints.keep_data:
            side = side_table(table.name, [])
            up, down = call("op.rename_table", table.name, side), call("op.rename_table", side, table.name)
            return Step(f"put {table.key} aside", (up,), (down,))
        return Step(
            f"drop {table.key}", (_drop_table(table),), (statements.create_table(table, keys),),
            lossy={table.key: "The rows of the table are gone with it."},
        )  # fmt: skip

    @cached_property
    def added(self) -> list[str]:
        """Tables that are only on the new side."""
        return sorted(self.new.keys() - self.old.keys())

    @cached_property
    def removed(self) -> list[str]:
        """Tables that are only on the old side."""
        return sorted(self.old.keys() - self.new.keys())

    @cached_property
    def changed(self) -> list[str]:
        """Tables of both sides with something else than a foreign key that differs."""
        both = sorted(self.old.keys() & self.new.keys())
        return [name for name in both if statements.clauses(self.old[name], self.new[name])]

    @cached_property
    def remade(self) -> set[tuple[str, str]]:
        """Foreign keys of both sides that are dropped and added again: table and name."""
        found = set()
        for name in self.old.keys() & self.new.keys():
            was, now = self.old[name].foreign, self.new[name].foreign
            for key in was.keys() & now.keys():
                if was[key].text != now[key].text or self._touched(name, was[key]):
                    found.add((name, key))
        return found

    def _touched(self, table: str, key: ForeignKey) -> bool:
        """Whether a column on either end becomes another: the server refuses to change it under a foreign key."""
        ends = [(table, column) for column in key.columns] + [(key.table, column) for column in key.targets]
        return any(self._retyped(*end) for end in ends)

    def _retyped(self, table: str, column: str) -> bool:
        was = self.old[table].columns.get(column) if table in self.old else None
        now = self.new[table].columns.get(column) if table in self.new else None
        if was is None or now is None:
            return False
        return _kind(was) != _kind(now)

    def _drop_foreign(self, early: Mapping[str, list[ForeignKey]]) -> Iterator[Step]:
        for name, table in sorted(self.old.items()):
            keys = list(early.get(name, []))
            if name in self.new:
                keys += [k for k in table.foreign.values() if self._goes(name, k.name)]
            if keys:
                yield Step(
                    f"drop the foreign keys {_listed(keys)} of {table.key}",
                    statements.with_history(table, statements.drop_foreign_keys(name, [k.name for k in keys])),
                    statements.with_history(table, statements.add_foreign_keys(table, keys)),
                )

    def _goes(self, table: str, key: str) -> bool:
        return key not in self.new[table].foreign or (table, key) in self.remade

    def _add_foreign(self, late: Mapping[str, list[ForeignKey]]) -> Iterator[Step]:
        for name, table in sorted(self.new.items()):
            keys = list(late.get(name, []))
            if name in self.old:
                keys += [
                    k
                    for k in table.foreign.values()
                    if k.name not in self.old[name].foreign or (name, k.name) in self.remade
                ]
            if keys:
                # Where the table is new there is nobody to wait and no row to be refused.
                cautions = Cautions(self.old[name], table, self.hints).of_foreign(keys) if name in self.old else ()
                yield Step(
                    f"add the foreign keys {_listed(keys)} to {table.key}",
                    statements.with_history(table, statements.add_foreign_keys(table, keys)),
                    statements.with_history(table, statements.drop_foreign_keys(name, [k.name for k in keys])),
                    cautions=tuple(cautions),
                )


def _kind(column: Column) -> tuple[object, ...]:
    return (column.type, column.facts.get("collation"), column.nullable, column.generated)


def _listed(keys: Iterable[ForeignKey]) -> str:
    return ", ".join(key.name for key in keys)


def _drop_table(table: Table) -> Code:
    return call("op.drop_table", table.name)


def _creation(
    tables: Tables, names: list[str], unsettled: Iterable[str]
) -> tuple[list[tuple[Table, list[ForeignKey]]], dict[str, list[ForeignKey]]]:
    """Tables in the order in which they can be made, each with the foreign keys that it can have at once.

    The others, by table, wait: they are part of a circle, or point to a table that is still to be changed.
    """
    waiting, ready = list(names), set(tables) - set(names) - set(unsettled)
    made: list[tuple[Table, list[ForeignKey]]] = []
    late: dict[str, list[ForeignKey]] = {}
    later = set(unsettled)
    while waiting:
        free = [n for n in waiting if _needs(tables[n]) <= ready | later | {n, ""}]
        name = min(free) if free else _of_a_circle(tables, waiting, ready)
        keys = tables[name].foreign.values()
        at_once = [k for k in keys if k.table in ready | {name, ""}]
        made.append((tables[name], at_once))
        if len(at_once) < len(keys):
            late[name] = [k for k in keys if k not in at_once]
        ready.add(name)
        waiting.remove(name)
    return made, late


def _of_a_circle(tables: Tables, waiting: Iterable[str], ready: AbstractSet[str]) -> str:
    """A table that must be there before itself, of a circle that waits for no other one."""
    reached = {n: _reached(tables, n, ready) for n in waiting}
    return min(reached, key=lambda n: (n not in reached[n], len(reached[n]), n))


def _reached(tables: Tables, name: str, ready: AbstractSet[str]) -> set[str]:
    """The tables that must be there before this one."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        more = _needs(tables[ahead.pop()]) & tables.keys() - ready - found
        found |= more
        ahead += more
    return found


def _needs(table: Table) -> set[str]:
    return {key.table for key in table.foreign.values()}
