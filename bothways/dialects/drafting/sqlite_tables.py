"""The tables of a SQLite database and what belongs to them, put together from a snapshot's facts and its texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from bothways.dialects.drafting.sqlite_texts import Definition, definition, folded, names_in
from bothways.dialects.sqlite_catalog import tokens
from bothways.snapshot import parts_of, split_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bothways.operations import State
    from bothways.snapshot import Value

_SHADOWS = ("data", "idx", "content", "docsize", "config", "segments", "segdir", "stat", "node", "parent", "rowid")
"""What follows the name of a full text or R-tree table in those of the tables that it makes for itself."""
_LITERAL = re.compile(r"[-+]? ?(\d[\w.]*|'([^']|'')*'|x'[0-9a-f]*')|null|true|false", re.I)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the catalog shows it."""

    name: str
    key: str
    """As revisions name it: ``table.column``."""
    facts: Mapping[str, Value]
    rowid: bool = False
    """Whether it is the number of the row, which SQLite gives by itself: INTEGER PRIMARY KEY."""

    @property
    def words(self) -> tuple[str, ...]:
        """The tokens of its definition, without its name."""
        return tokens(str(self.facts["definition"] or ""))

    @property
    def type(self) -> str:
        """Its declared type, as the text has it but in lower case."""
        return str(self.facts["type"])

    @property
    def default(self) -> str | None:
        """The expression of its default."""
        found = self.facts["default"]
        return None if found is None else str(found)

    @property
    def not_null(self) -> bool:
        """Whether NULL is refused."""
        return bool(self.facts["not_null"])

    @property
    def generated(self) -> str | None:
        """``virtual`` or ``stored``, where it is computed."""
        found = self.facts["generated"]
        return None if found is None else str(found)

    @property
    def constant(self) -> bool:
        """Whether its default is the same for all rows, whenever it is asked."""
        return self.default is not None and bool(_LITERAL.fullmatch(self.default))

    @property
    def needs_value(self) -> bool:
        """Whether a row must bring a value for it."""
        missing = self.default is None or self.default == "null"
        return self.not_null and missing and self.generated is None and not self.rowid


@dataclass(frozen=True, slots=True)
class Thing:
    """An index, a trigger or a view."""

    kind: str
    name: str
    owner: str
    """The table, or a trigger's view; nothing for a view."""
    facts: Mapping[str, Value]
    text: str

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        return f"{self.kind} {self.name}"

    @property
    def names(self) -> frozenset[str]:
        """Everything that it may name."""
        return names_in(self.text)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with all that is written in its CREATE TABLE."""

    name: str
    key: str
    """Its name as revisions have it, for example in what they declare as lost."""
    strict: bool
    without_rowid: bool
    columns: Mapping[str, Column]
    """By name without capitals, in their order."""
    constraints: Mapping[str, str]
    text: Definition

    @property
    def counts(self) -> bool:
        """Whether it is AUTOINCREMENT."""
        return any("autoincrement" in c.words for c in self.columns.values())

    @property
    def number(self) -> Column | None:
        """Its INTEGER PRIMARY KEY."""
        return next((c for c in self.columns.values() if c.rowid), None)

    @property
    def primary(self) -> tuple[Column, ...]:
        """The columns of its primary key, in the key's order."""
        found = [c for c in self.columns.values() if c.facts["key"]]
        return tuple(sorted(found, key=lambda c: int(str(c.facts["key"]))))

    @property
    def parents(self) -> frozenset[str]:
        """The tables that its foreign keys name."""
        texts = [*(c.words for c in self.columns.values()), *map(tokens, self.constraints.values())]
        follows = [name for words in texts for before, name in pairwise(words) if before == "references"]
        return frozenset(name for text in follows for name in names_in(text))

    def same_rules(self, other: Table) -> bool:
        """Whether nothing but their columns differs."""
        return (self.strict, self.without_rowid, self.constraints) == (
            other.strict, other.without_rowid, other.constraints
        )  # fmt: skip


@dataclass(frozen=True)
class Catalog:
    """One side of a change."""

    tables: Mapping[str, Table]
    virtual: Mapping[str, str]
    """Texts of the virtual tables, by name."""
    things: Mapping[str, Thing]
    """Indexes, triggers and views by key, in no order that matters."""
    broken: frozenset[str] = frozenset()
    """Keys of what names something that isn't there: SQLite alters no table beside it."""
    reserved: frozenset[str] = frozenset()
    """The tables of Bothways' own, which a snapshot doesn't show."""
    version: tuple[int, ...] = field(default=())

    @cached_property
    def views(self) -> Mapping[str, Thing]:
        """Views by name, without capitals."""
        return {t.name.lower(): t for t in self.things.values() if t.kind == "view"}

    def of(self, table: str) -> dict[str, Thing]:
        """Indexes and triggers of a table, by key, in the order in which they are best made."""
        found = {k: t for k, t in self.things.items() if folded(t.owner) == folded(table) and t.kind != "view"}
        return dict(sorted(found.items(), key=lambda item: (item[1].kind, item[0])))

    def unique_in(self, table: Table) -> frozenset[str]:
        """The columns of a table that a unique index names."""
        texts = [t.text for t in self.of(table.name).values() if t.kind == "index" and "unique" in names_in(t.text)]
        found = frozenset(name for text in texts for name in names_in(text))
        return found & {c.name.lower() for c in table.columns.values()}

    def naming(self, names: Iterable[str]) -> frozenset[str]:
        """Keys of the views and triggers that name one of these, or a view that does, or belong to such a view."""
        wanted = {name.lower() for name in names}
        found: set[str] = set()
        while True:
            more = {key for key in self.things.keys() - found if self._others(self.things[key]) & wanted}
            if not more:
                return frozenset(found)
            found |= more
            wanted |= {self.things[key].name.lower() for key in more if self.things[key].kind == "view"}

    def _others(self, thing: Thing) -> frozenset[str]:
        """What a thing names besides the table that it goes and comes with."""
        if thing.kind == "index":
            return frozenset()
        own = thing.owner.lower()
        return thing.names if own in self.views else thing.names - {own}


def catalog(state: State) -> Catalog:
    """Put a side together."""
    objects, sources = state.snapshot.objects, state.sources
    virtual = {
        parts_of(name)[0]: sources.get(f"table:{name}", str(objects[f"table:{name}"]["definition"]))
        for name in state.snapshot.names("table")
        if "definition" in objects[f"table:{name}"]
    }
    tables = {}
    columns, constraints = _by_table(state, "column"), _by_table(state, "constraint")
    for name in state.snapshot.names("table"):
        own = parts_of(name)[0]
        if own not in virtual and not _is_shadow(own, virtual):
            tables[folded(own)] = _table(name, state, columns.get(name, []), constraints.get(name, []))
    return Catalog(
        tables, virtual, _things(state),
        frozenset(key.removesuffix("/broken") for key in sources if key.endswith("/broken")),
        frozenset(folded(key.partition(":")[2]) for key in sources if key.startswith("reserved:")),
        tuple(int(n) for n in re.findall(r"\d+", state.snapshot.server_version)),
    )  # fmt: skip


def _by_table(state: State, kind: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in state.snapshot.objects:
        if key.startswith(f"{kind}:"):
            found.setdefault(split_name(key.partition(":")[2])[0], []).append(key)
    return found


def _table(name: str, state: State, columns: list[str], constraints: list[str]) -> Table:
    objects = state.snapshot.objects
    facts = objects[f"table:{name}"]
    ordered = sorted(columns, key=lambda key: int(str(objects[key]["position"])))
    keys = [key for key in columns if objects[key]["key"]]
    numbered = (
        keys[0] if len(keys) == 1 and objects[keys[0]]["type"] == "integer" and not facts["without_rowid"] else ""
    )
    found = [
        Column(
            split_name(key)[1],
            key.partition(":")[2],
            {f: v for f, v in objects[key].items() if f != "position"},
            key == numbered,
        )
        for key in ordered
    ]
    return Table(
        parts_of(name)[0], name, bool(facts["strict"]), bool(facts["without_rowid"]),
        {folded(c.name): c for c in found},
        {key: str(objects[key]["definition"]) for key in constraints},
        _text(state, name),
    )  # fmt: skip


def _things(state: State) -> dict[str, Thing]:
    found = {}
    for key, facts in state.snapshot.objects.items():
        kind, _, name = key.partition(":")
        if kind not in {"index", "trigger", "view"}:
            continue
        owner = "" if kind == "view" else parts_of(split_name(name)[0])[0]
        own = parts_of(name)[0] if kind == "view" else split_name(name)[1]
        found[key] = Thing(kind, own, owner, {"definition": facts["definition"]}, _written(state, key))
    return found


def _text(state: State, name: str) -> Definition:
    written = state.sources.get(f"table:{name}")
    return definition(written) if written else Definition(())


def _written(state: State, key: str) -> str:
    # Without texts nothing can be drafted but that nothing differs.
    return state.sources.get(key) or str(state.snapshot.objects[key]["definition"])


def _is_shadow(name: str, virtual: Iterable[str]) -> bool:
    return any(name.startswith(f"{v}_") and name[len(v) + 1 :] in _SHADOWS for v in virtual)
