"""The snapshot of a scratch database, kept up to date by reading what its only session's statements touched.

Only statements that name all they can touch are followed (:mod:`bothways.dialects.footprint`); after any other, and
when asked to forget, the next snapshot reads everything. ``check`` compares what was followed with what is there.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bothways.dialects import dialect_for
from bothways.dialects.footprint import Known, footprint
from bothways.dialects.owners import owners_of
from bothways.dialects.reading import OWN_TABLES, take
from bothways.snapshot import Change, Snapshot, difference

if TYPE_CHECKING:
    from collections.abc import Collection

    from bothways.snapshot import Objects

_DRIVER = re.compile(r"driver_connection|raw_connection|\bdbapi_connection|\.connection\.cursor|\.cursor\(")
_WORD = re.compile(r"[^\W_]\w*|_\w+")
_MOST_PARTS = 20
"""Beyond so many tables at once, reading everything is as cheap."""
_REMEMBERED = 32
"""So many snapshots can be compared by what was touched between them; older ones are compared whole."""


def suspicious(source: str) -> bool:
    """Whether a revision's text may use the driver itself, whose statements nobody hears."""
    return bool(_DRIVER.search(source))


@dataclass(frozen=True, slots=True)
class _Entry:
    """What one reading read: relations and the keys that they had before or after; None: everything."""

    relations: frozenset[str] | None
    keys: frozenset[str] = frozenset()


class Tracker:
    """Follows one connection. It neither commits nor rolls back, but for making ready once at the beginning."""

    def __init__(self, connection: sa.Connection, *, version_table: str = "alembic_version") -> None:
        self.full_reads = 0
        self._connection = connection
        self._version_table = version_table
        self._dialect = dialect_for(connection.dialect.name)
        self._last: Snapshot | None = None
        self._parts: dict[str, set[str]] = {}
        self._loose: set[str] = set()
        """The keys that belong to no relation: types, schemas…"""
        self._known = Known()
        self._touched: set[str] | None = None
        self._journal: list[_Entry] = []
        self._places: deque[tuple[Snapshot, int]] = deque(maxlen=_REMEMBERED)
        self._reading = False
        self._followed = self._dialect.prepare_parts(connection)
        connection.commit()
        sa.event.listen(connection, "before_cursor_execute", self._heard)

    def snapshot(self) -> Snapshot:
        """Everything that the database is now."""
        if self._last is not None and self._touched is not None and not self._touched:
            return self._last
        return self._read(self._touched)

    def difference(self, before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
        """What :func:`bothways.snapshot.difference` says of two snapshots of this tracker."""
        if before is after:
            return ()
        between = self._between(before, after)
        if between is None:
            return difference(before, after)
        keys = frozenset().union(*(entry.keys for entry in between))
        return difference(before.only(keys), after.only(keys))

    def touched_since(self, before: Snapshot) -> frozenset[str] | None:
        """The relations that may have changed since a snapshot; None: any."""
        place = self._place(before)
        if self._touched is None or place is None:
            return None
        entries = self._journal[place:]
        if any(entry.relations is None for entry in entries):
            return None
        return frozenset(self._touched).union(*(entry.relations or () for entry in entries))

    def assume(self, snapshot: Snapshot) -> bool:
        """Take one of the last snapshots for what is there now; False where that would be too bold.

        For a caller who knows that the same statements ran on the same objects: that gives the same objects. Rows are
        another matter (clocks, counters), so the tables touched must be empty. ``check`` tells whether it was true.
        """
        between = None if self._last is None else self._between(snapshot, self._last)
        if between is None or self._touched is None:
            return False
        relations = frozenset(self._touched).union(*(entry.relations or () for entry in between))
        if any(snapshot.objects.get(f"rows:{name}", {}).get("count") for name in relations):
            return False
        keys = frozenset().union(*(entry.keys for entry in between))
        for name in relations:
            self._parts.pop(name, None)
        self._journal.append(_Entry(relations, keys))
        self._keep(snapshot.only(keys).objects)
        self._last, self._touched = snapshot, set()
        self._places.append((snapshot, len(self._journal)))
        return True

    def around(self, snapshot: Snapshot, tables: Collection[str]) -> Snapshot:
        """Of one of the last snapshots, these tables, those that their definitions name, and what is no table's."""
        entries = None if self._last is None else self._between(snapshot, self._last)
        if entries is None:
            return snapshot
        wanted = self._loose.union(*(entry.keys for entry in entries))
        words: set[str] = set()
        for name in tables:
            keys = self._parts.get(name, set())
            wanted |= keys
            for key in keys:
                facts = snapshot.objects.get(key, {})
                words.update(
                    w for fact in ("definition", "parents", "default") for w in _WORD.findall(str(facts.get(fact)))
                )
        for name, keys in self._parts.items():
            if words.issuperset(_WORD.findall(name)):
                wanted |= keys
        return snapshot.only(wanted)

    def check(self) -> tuple[Change, ...]:
        """What following missed: nothing, or it is not to be trusted. Reads everything."""
        followed = self.snapshot()
        return difference(followed, self._read(None))

    def forget(self) -> None:
        """Read everything at the next snapshot."""
        self._touched = None

    def _heard(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if self._reading or self._touched is None:
            return
        names = (
            footprint(statement, self._known, self._named, escapes=self._dialect.capabilities.backslash_escapes)
            if self._followed
            else None
        )
        if names is None:
            self._touched = None
        else:
            self._touched |= {n for n in names if n != self._version_table and not n.startswith(OWN_TABLES)}

    def _named(self, written: str) -> str | None:
        return self._dialect.relation(written, self._parts)

    def _read(self, touched: set[str] | None) -> Snapshot:
        self._reading = True
        try:
            taken = self._part(touched) or self._full()
        finally:
            self._reading = False
        self._last = taken
        self._touched = set()
        self._places.append((taken, len(self._journal)))
        return taken

    def _part(self, touched: set[str] | None) -> Snapshot | None:
        """Follow what was touched; None where everything must be read."""
        last = self._last
        if last is None or touched is None or len(touched) > _MOST_PARTS:
            return None
        try:
            found = self._dialect.part(self._connection, touched, last.objects)
        except Exception:  # noqa: BLE001 - a driver's own, such as of a function that a revision discarded
            self._connection.rollback()
            return None
        objects = dict(last.objects)
        gone = {key for name in touched for key in self._parts.pop(name, ())}
        for key in gone:
            objects.pop(key, None)
        objects.update(found)
        self._journal.append(_Entry(frozenset(touched), frozenset(gone.union(found))))
        self._keep(found)
        return Snapshot(last.dialect, last.server_version, objects, last.tiers)

    def _full(self) -> Snapshot:
        taken = take(self._connection, version_table=self._version_table, rows=True)
        self.full_reads += 1
        self._journal.append(_Entry(None))
        self._parts, self._loose, self._known = {}, set(), Known()
        self._keep(taken.objects)
        return taken

    def _keep(self, found: Objects) -> None:
        owners = owners_of(found)
        for key, name in owners.items():
            self._parts.setdefault(name, set()).add(key)
        self._loose.update(found.keys() - owners.keys())
        self._known = self._known.with_objects(found, owners)

    def _place(self, snapshot: Snapshot) -> int | None:
        return next((place for known, place in self._places if known is snapshot), None)

    def _between(self, before: Snapshot, after: Snapshot) -> list[_Entry] | None:
        first, last = self._place(before), self._place(after)
        if first is None or last is None:
            return None
        entries = self._journal[min(first, last) : max(first, last)]
        return None if any(entry.relations is None for entry in entries) else entries
