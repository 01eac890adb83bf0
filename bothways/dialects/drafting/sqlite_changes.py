"""What changes between two catalogs of SQLite, as steps in an order that runs both ways.

Views and triggers stand in the way of a table that is made anew: SQLite renames none while one of them names a table
that isn't there. So those that name a table on the move are dropped before, and made again when all is in its place.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from bothways.code import Code, call
from bothways.dialects.drafting.sqlite_kept import KeptTable, side_table
from bothways.dialects.drafting.sqlite_losses import SAME, Losses
from bothways.dialects.drafting.sqlite_texts import folded, names_in, statement
from bothways.dialects.drafting.sqlite_things import by_need, dropped, made
from bothways.dialects.drafting.sqlite_words import changes_of
from bothways.operations import Step
from bothways.snapshot import key_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bothways.dialects.drafting.sqlite_tables import Catalog, Table, Thing
    from bothways.dialects.drafting.sqlite_ways import Way
    from bothways.operations import Hints


_EMPTY = "its rows are gone with it; the way back makes it empty"


class Changes:
    """The difference between two catalogs."""

    def __init__(self, old: Catalog, new: Catalog, hints: Hints) -> None:
        self.old, self.new, self.hints = old, new, hints
        self.removed = {n: t for n, t in old.tables.items() if n not in new.tables}
        self.created = {n: t for n, t in new.tables.items() if n not in old.tables}
        self.referenced = {p for n, t in old.tables.items() if n in new.tables for p in t.parents}
        self.changed = {
            n: self._losses(t, new.tables[n])
            for n, t in sorted(old.tables.items())
            if n in new.tables and _differ(t, new.tables[n])
        }
        self.no_more = {n: t for n, t in old.virtual.items() if new.virtual.get(n) != t}
        self.virtual = {n: t for n, t in new.virtual.items() if old.virtual.get(n) != t}

    def _losses(self, old: Table, new: Table) -> Losses:
        beside = [*self.old.of(old.name).values(), *self.new.of(new.name).values()]
        watched = any(t.kind == "trigger" for t in beside)
        referenced = old.name.lower() in self.referenced
        reserved, unique = self.old.reserved, self.old.unique_in(old)
        return Losses(old, new, self.hints, reserved, unique, referenced, watched, self.new.version)

    def steps(self) -> list[Step]:
        """All steps, those first that make room for others."""
        gone, come = self._going, self._coming
        return [
            *(self._drop(t, again=k in come) for k, t in _keyed(gone, reversed(by_need(gone)))),
            *(self._drop_virtual(n, t) for n, t in sorted(self.no_more.items())),
            *map(self._remove, reversed(_by_parents(self.removed))),
            *(self._change(n, losses) for n, losses in self.changed.items()),
            *map(self._create, _by_parents(self.created)),
            *(self._make_virtual(n, t) for n, t in sorted(self.virtual.items())),
            *(self._make(t, again=k in gone) for k, t in _keyed(come, by_need(come))),
        ]

    @cached_property
    def _moving(self) -> bool:
        """Whether some statement makes SQLite look at all views and triggers."""
        return any(not way.harmless for losses in self.changed.values() for way in (losses.up, losses.down))

    @cached_property
    def _disturbed(self) -> frozenset[str]:
        """The keys of views and triggers that must not be there meanwhile."""
        differing = {k for k in self.old.things.keys() | self.new.things.keys() if not self._same(k)}
        views = {c.things[k].name for k in differing for c in (self.old, self.new) if k in c.things and k[:4] == "view"}
        names: set[str] = set()
        if self._moving:
            names = {*self.removed, *self.created, *self.no_more, *self.virtual, *views}
            names |= {n for n, losses in self.changed.items() if not (losses.up.harmless and losses.down.harmless)}
        # The triggers of a view go with it, whatever else happens.
        of_views = {
            k for c in (self.old, self.new) for k, t in c.things.items() if t.kind == "trigger" and t.owner in views
        }
        broken = self.old.broken | self.new.broken if self._moving else frozenset()
        return self.old.naming(names) | self.new.naming(names) | of_views | broken

    def _same(self, key: str) -> bool:
        old, new = self.old.things.get(key), self.new.things.get(key)
        return old is not None and new is not None and old.facts == new.facts

    @cached_property
    def _going(self) -> dict[str, Thing]:
        """What is dropped by a statement of its own."""
        return self._alone(self.old, self.removed)

    @cached_property
    def _coming(self) -> dict[str, Thing]:
        return self._alone(self.new, self.created)

    def _alone(self, side: Catalog, with_table: Mapping[str, Table]) -> dict[str, Thing]:
        found = {k: t for k, t in side.things.items() if not self._same(k) or k in self._disturbed}
        owned = {t.name.lower() for t in with_table.values()}
        return {k: t for k, t in found.items() if k in self._disturbed or t.owner.lower() not in owned}

    def _drop(self, thing: Thing, *, again: bool) -> Step:
        says = f"take {thing.title} away meanwhile" if again and self._same_thing(thing) else f"drop {thing.title}"
        return Step(says, (dropped(thing),), (self._made(thing, self.old),))

    def _make(self, thing: Thing, *, again: bool) -> Step:
        anew = again and self._same_thing(thing)
        says = f"make {thing.title} again" if anew else f"create {thing.title}"
        table = self.old.tables.get(folded(thing.owner))
        unique = thing.kind == "index" and "unique" in names_in(thing.text.partition("(")[0])
        cautions = (SAME.format(table.key),) if table and unique and not anew else ()
        return Step(says, (self._made(thing, self.new),), (dropped(thing),), cautions=cautions)

    def _same_thing(self, thing: Thing) -> bool:
        return any(self._same(k) for side in (self.old, self.new) for k, t in side.things.items() if t is thing)

    def _made(self, thing: Thing, side: Catalog) -> Code:
        return made(thing, side.tables.get(thing.owner.lower()))

    def _replayed(self, side: Catalog, table: Table, leaving: Iterable[str]) -> tuple[Code, ...]:
        """What goes and comes with a table."""
        return tuple(self._made(t, side) for k, t in side.of(table.name).items() if k not in leaving)

    def _remove(self, table: Table) -> Step:
        # Without its rows, those of other tables that name them couldn't come back.
        keep = self.hints.keep_data or table.name.lower() in self.referenced
        kept = KeptTable(side_table(table.name, self.old.reserved), table) if keep else None
        up = (*(kept.fill() if kept else ()), call("op.drop_table", table.name))
        rows = kept.give_back() if kept else ()
        back = (table.text.create(table.name), *rows, *self._replayed(self.old, table, self._going))
        return Step(f"drop {table.key}", up, back, {} if kept else {table.key: _EMPTY})

    def _create(self, table: Table) -> Step:
        up = (table.text.create(table.name), *self._replayed(self.new, table, self._coming))
        return Step(f"create {table.key}", up, (call("op.drop_table", table.name),))

    def _change(self, name: str, losses: Losses) -> Step:
        old, new = self.old.tables[name], self.new.tables[name]
        up = self._through(losses.up, self._replayed(self.new, new, self._coming))
        down = self._through(losses.down, self._replayed(self.old, old, self._going))
        says = ", ".join(changes_of(old, new))
        return Step(says, (*losses.keep, *up), (*down, *losses.forget), losses.lossy, losses.cautions)

    def _through(self, way: Way, replayed: tuple[Code, ...]) -> tuple[Code, ...]:
        return way.codes() if way.small else (*way.codes(), *replayed)

    def _drop_virtual(self, name: str, text: str) -> Step:
        lossy = {key_name(name): _EMPTY}
        return Step(f"drop {name}", (call("op.drop_table", name),), (statement(text),), lossy)

    def _make_virtual(self, name: str, text: str) -> Step:
        return Step(f"create {name}", (statement(text),), (call("op.drop_table", name),))


def _differ(old: Table, new: Table) -> bool:
    mine, others = ({n: (c.name, c.facts) for n, c in t.columns.items()} for t in (old, new))
    return old.name != new.name or not old.same_rules(new) or mine != others


def _keyed(things: Mapping[str, Thing], ordered: Iterable[Thing]) -> list[tuple[str, Thing]]:
    keys = {id(thing): key for key, thing in things.items()}
    return [(keys[id(thing)], thing) for thing in ordered]


def _by_parents(tables: Mapping[str, Table]) -> list[Table]:
    """Tables behind those that their foreign keys name, as far as these don't name each other."""
    waiting, done = sorted(tables), []
    while waiting:
        ready = next((n for n in waiting if not (tables[n].parents - {n}) & set(waiting)), waiting[0])
        waiting.remove(ready)
        done.append(tables[ready])
    return done
