"""What the way of a table there and back would lose, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bothways.code import Code, call
from bothways.dialects.drafting.sqlite_kept import KeptColumns, side_table
from bothways.dialects.drafting.sqlite_texts import folded, names_in, quoted, string
from bothways.dialects.drafting.sqlite_values import affinity, converted, lists, mangled, stand_in, unreadable
from bothways.dialects.drafting.sqlite_ways import Way
from bothways.dialects.sqlite_catalog import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bothways.dialects.drafting.sqlite_tables import Column, Table
    from bothways.operations import Hints


@dataclass(frozen=True)
class Losses:
    """The two ways of a changed table."""

    old: Table
    new: Table
    hints: Hints
    reserved: frozenset[str] = frozenset()
    """Names that no side table may have."""
    unique: frozenset[str] = frozenset()
    """Columns of the old table that a unique index names."""
    referenced: bool = False
    """Whether keys of other tables, or its own, name it."""
    watched: bool = False
    """Whether it has triggers, now or then."""
    version: tuple[int, ...] = ()

    @cached_property
    def up(self) -> Way:
        """The way to the models."""
        labels = {n: _relabelled(self.old.columns[n], told) for n, told in self._labels.items()}
        fill = {**self._converted, **labels, **self._backfill}
        return Way(self.old, self.new, fill, None, self._by_number, self.watched, version=self.version)

    @cached_property
    def down(self) -> Way:
        """The way back."""
        return self._down_by_alter if self._down_by_alter.small else self._way_down(self._given_back())

    @property
    def keep(self) -> tuple[Code, ...]:
        """What puts aside what would be lost."""
        types = {n: c.type for n, c in self.new.columns.items()}
        return self._kept.fill(types) if self._kept else ()

    @property
    def forget(self) -> tuple[Code, ...]:
        """What clears away what was put aside."""
        return (call("op.drop_table", self._kept.name),) if self._kept else ()

    @property
    def lossy(self) -> Mapping[str, str]:
        """What is lost all the same, as revisions declare it."""
        if self._kept:
            return {}
        gone = {c.key: self._gone_says(c) for c in self._gone}
        turned = {self.old.columns[n].key: why for n, why in self._turned.items()}
        newer = {c.key: why for c, why in self._mangled_back()}
        return {**newer, **turned, **gone}

    @property
    def cautions(self) -> tuple[str, ...]:
        """What it takes, and what may refuse it."""
        return tuple(self._cautions())

    def _cautions(self) -> Iterator[str]:
        if not self.up.small:
            yield f"All rows of {self.new.key} are copied, and nobody else writes meanwhile."
        for name, column in self.new.columns.items():
            old = self.old.columns.get(name)
            if column.needs_value and name not in self.up.fill and (old is None or not old.not_null):
                which = "has rows" if old is None else f"has rows without {column.name}"
                yield f"It is refused while {self.new.key} {which}: {column.name} needs a value."
        yield from self._violated()
        for _, old, new in self._retyped:
            if why := unreadable(old, new):
                yield why
        for column in self._gone:
            if column.needs_value and folded(column.name) not in self.down.fill:
                yield f"Its way back is refused while {self.old.key} has rows: nobody knows their {column.name} then."

    def _violated(self) -> Iterator[str]:
        """What the rows that are there may break."""
        known = set(self.old.constraints.values())
        for text in (t for t in self.new.constraints.values() if t not in known):
            columns = [c for n, c in self.new.columns.items() if n in names_in(text)]
            empty = [c for c in columns if self._empty(c)]
            kind = next((word for word in tokens(text) if word in _BROKEN), None)
            if kind is not None and (len(empty) < len(columns) if kind == "check" else not empty):
                yield _BROKEN[kind].format(self.new.key)

    def _empty(self, column: Column) -> bool:
        """Whether no row that is there has a value for it, so that it breaks no rule by itself."""
        name = folded(column.name)
        plain = column.default in {None, "null"} and not column.not_null and column.generated is None
        return name not in self.old.columns and plain and name not in self._backfill

    @cached_property
    def _backfill(self) -> dict[str, str]:
        wanted = {n: self.hints.backfill.get(f"column:{c.key}") for n, c in self.new.columns.items()}
        return {n: self._filled(n, text) for n, text in wanted.items() if text and self._lacks(n)}

    def _lacks(self, name: str) -> bool:
        old = self.old.columns.get(name)
        return old is None or (self.new.columns[name].not_null and not old.not_null)

    def _filled(self, name: str, text: str) -> str:
        old = self.old.columns.get(name)
        return text if old is None else f"coalesce({self._converted.get(name, quoted(old.name))}, {text})"

    @cached_property
    def _converted(self) -> dict[str, str]:
        """Columns whose values SQLAlchemy would not read as the new type, and what they become."""
        found = {n: converted(quoted(o.name), o, c) for n, o, c in self._retyped}
        return {n: value for n, value in found.items() if value is not None}

    @cached_property
    def _retyped(self) -> tuple[tuple[str, Column, Column], ...]:
        both = ((n, old, self.new.columns[n]) for n, old in self.old.columns.items() if n in self.new.columns)
        return tuple((n, old, new) for n, old, new in both if not old.generated and not new.generated)

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        """Labels that a CHECK of the old table lists, and their new names, that only one of the new table lists."""
        found: dict[str, dict[str, str]] = {}
        for name, column in self.new.columns.items():
            for old, new in (
                self.hints.labels.get(f"column:{column.key}", {}).items() if name in self.old.columns else ()
            ):
                if lists(self.old, name, old) > lists(self.new, name, old) and not lists(self.old, name, new):
                    found.setdefault(name, {})[old] = new
        return found

    @cached_property
    def _gone(self) -> tuple[Column, ...]:
        """Columns whose values the new table has no place for."""
        plain = {n: c for n, c in self.old.columns.items() if c.generated is None}
        return tuple(c for n, c in plain.items() if n not in self.new.columns or self.new.columns[n].generated)

    @cached_property
    def _turned(self) -> dict[str, str]:
        """Columns of which some values change, and why."""
        found = {}
        for name, old, new in self._retyped:
            why = mangled(old, self.old, new, self.new)
            if name in self._backfill:
                why = "where it was NULL, the way up fills it"
            if why:
                found[name] = why
        return found

    def _mangled_back(self) -> Iterator[tuple[Column, str]]:
        """Columns that may hold values by now that the old table would change."""
        for _, old, new in self._retyped:
            if why := mangled(new, self.new, old, self.old):
                yield old, f"on the way back {why}"

    @cached_property
    def _kept(self) -> KeptColumns | None:
        """What is put aside; None where there is nothing, or no key to find it by."""
        if not (self.hints.keep_data and (self._gone or self._turned)) and not self._irreplaceable:
            return None
        if not self._keyed and not self._numbered:
            return None
        made = {**self._converted, **self._backfill}
        turned = {n: made.get(n, quoted(self.old.columns[n].name)) for n in self._turned}
        name = side_table(self.old.name, self.reserved)
        return KeptColumns(name, self.old, self.old.primary if self._keyed else (), self._gone, turned)

    @property
    def _irreplaceable(self) -> bool:
        """Whether there is no way back without the old values: a required key to other rows, or what such keys name."""
        return any(
            (c.needs_value and stand_in(c, self.old, self.unique) is None)
            or (self.referenced and self._names_rows(c) and not c.rowid)
            for c in self._gone
        )

    def _names_rows(self, column: Column) -> bool:
        name = column.name.lower()
        rules = (text for text in self.old.constraints.values() if text.startswith(("primary", "unique")))
        own = {"primary", "unique"} & set(column.words)
        return bool(own) or name in self.unique or any(name in names_in(text) for text in rules)

    @property
    def _by_number(self) -> bool:
        return self._kept is not None and not self._kept.key

    @property
    def _numbered(self) -> bool:
        """Whether the numbers of rows lead from the one table to the other."""
        tables = (self.old, self.new)
        named = {n for t in tables for n, c in t.columns.items() if c.rowid}
        shared = {n for n in named if all(n in t.columns for t in tables)}
        same = all(t.columns[n].rowid for n in shared for t in tables)
        return same and not any(t.without_rowid or "rowid" in t.columns for t in tables)

    @property
    def _keyed(self) -> bool:
        key = {folded(c.name): c for c in self.old.primary}
        lost = {folded(c.name) for c in self._gone} | self._turned.keys()
        same = all(
            n in self.new.columns and affinity(c, self.old) == affinity(self.new.columns[n], self.new)
            for n, c in key.items()
        )
        return bool(key) and same and not key.keys() & lost

    @cached_property
    def _down_by_alter(self) -> Way:
        values = {folded(c.name): self._kept.value(c) for c in self._gone} if self._kept else {}
        return self._way_down(values)

    def _way_down(self, fill: Mapping[str, str]) -> Way:
        kept = self._kept.match if self._kept else None
        return Way(self.new, self.old, fill, kept, self._by_number, self.watched, True, self.version)

    def _given_back(self) -> dict[str, str]:
        """The values of the old columns that are not simply copied."""
        found = {folded(c.name): self._restored(c) for c in self._gone}
        table = f"{quoted(self.new.name)}." if self._kept else ""
        now = {n: f"{table}{quoted(new.name)}" for n, _, new in self._retyped}
        made = {n: converted(now[n], new, old) for n, old, new in self._retyped}
        if self._kept:
            found |= {n: self._kept.back(self.old.columns[n], made[n] or now[n]) for n in self._turned}
        for n, told in self._labels.items():
            found.setdefault(n, _relabelled(self.new.columns[n], {new: old for old, new in told.items()}))
        for n, value in made.items():
            found.setdefault(n, value)
        return {n: value for n, value in found.items() if value is not None}

    def _restored(self, column: Column) -> str | None:
        missing = stand_in(column, self.old, self.unique) if column.needs_value else None
        # A column that is computed now has values, also for rows that came later.
        if (now := self.new.columns.get(folded(column.name))) is not None:
            computed, spare = f"{quoted(self.new.name)}.{quoted(column.name)}", missing or column.default
            may_lack = column.not_null and not now.not_null and spare
            missing = f"coalesce({computed}, {spare})" if may_lack else computed
            if not self._kept:
                return missing if may_lack else None
        if not self._kept:
            return missing
        value = self._kept.value(column)
        if column.default is not None or folded(column.name) in self.new.columns:
            return f"iif({self._kept.known} IS NULL, {missing or column.default}, {value})"
        return f"coalesce({value}, {missing})" if missing else value

    def _gone_says(self, column: Column) -> str:
        if folded(column.name) in self.new.columns:
            return "its values give way to computed ones"
        value = self.down.fill.get(folded(column.name))
        return f"its values are gone with it; the way back fills it with {value}" if value else _GONE


_GONE = "its values are gone with it"
SAME = "It is refused where rows of {} have the same values."
_BROKEN = {
    "primary": SAME,
    "unique": SAME,
    "check": "It is refused where a row of {} breaks the constraint.",
    "foreign": "It is refused where a row of {} points at nothing.",
}
"""By what a constraint is, what rows it refuses."""


def _relabelled(column: Column, told: Mapping[str, str]) -> str:
    """A column's value with new labels for the old ones."""
    name = quoted(column.name)
    whens = " ".join(f"WHEN {string(old)} THEN {string(new)}" for old, new in told.items())
    return f"CASE {name} {whens} ELSE {name} END"
