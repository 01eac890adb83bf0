"""The former names that models tell: ``info={"renamed_from": "old"}``, and what of them a head has still to follow.

A hint may stay in the models for as long as anybody likes: where the head has the new name and not the old one, it is
spent and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bothways.dialects.naming import rules_for
from bothways.generate.declared import (
    columns_of,
    constraints_of,
    dialect_of,
    indexes_of,
    key_of,
    name_of,
    own_name,
    relation,
    tables_of,
)
from bothways.generate.mistakes import Found
from bothways.generate.relabelled import former_labels
from bothways.snapshot import key_name, parts_of
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import sqlalchemy as sa

    from bothways.snapshot import Snapshot

RENAMED = "renamed_from"
"""The key of a hint in ``info``; None as its value says that the object is new, whatever it looks like."""
WITH_ROWS = frozenset({"table", "column"})
"""The kinds whose rows are lost where a rename is taken for a drop."""


@dataclass(frozen=True, slots=True)
class Family:
    """The names of one kind in one place, as the models have them: of tables, of a table's columns, of its indexes."""

    kind: str
    owner: str
    """What the names belong to, as keys of the models have it; nothing for tables."""
    names: frozenset[str]
    former: Mapping[str, str]
    """New names and the former ones."""
    places: Mapping[str, tuple[sa.Table, Any]]
    """What has each name: the table, and what of it, where that is not the table itself."""

    def key(self, name: str, owner: str | None = None) -> str:
        """The key of a name, of that owner where it has another one in the head."""
        place = self.owner if owner is None else owner
        return f"{self.kind}:{place}{'.' if place else ''}{key_name(name)}"

    def wrong(self, new: str, owner: str, head: Snapshot, *, both: bool) -> Found:
        """What is wrong with a hint whose old and new names the head has ``both``, or neither of them."""
        old = self.former[new]
        name, former = (self.key(n, o).partition(":")[2] for n, o in ((new, self.owner), (old, owner)))
        what = f"{self.kind} {name} is said to be renamed from {former}, but the head of the branch has "
        if both:
            remedy = f"take {RENAMED} out of the models, or drop or rename one of them in a revision of its own first"
            return Found(f"{what}both", remedy, *self.places[new])
        remedy = f'correct the hint, or write info={{"{RENAMED}": None}} if it is new'
        return Found(f"{what}neither", f"{remedy}; {nearest(old, self.gone(owner, head))}", *self.places[new])

    def gone(self, owner: str, head: Snapshot) -> list[str]:
        """The names that the head has and the models have not; of tables in all schemas."""
        prefix = f"{self.kind}:{owner}." if owner else f"{self.kind}:"
        there = [parts_of(key.partition(":")[2])[-1] for key in head.objects if key.startswith(prefix)]
        return [name for name in there if name not in self.names]


@dataclass(frozen=True, slots=True)
class Former:
    """What the hints say of a head."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    """Keys of the head and the objects' new names; what belongs to a table comes before the table itself."""
    wrong: tuple[Found, ...] = ()
    """Hints that this head can't follow, and that are not spent either."""


def former_names(metadata: sa.MetaData, head: Snapshot) -> Former:
    """The renames that this head still has to follow."""
    dialect = dialect_of(head.dialect)
    moved: dict[str, str] = {}
    tables: dict[str, str] = {}
    wrong: list[Found] = []
    for family in table_families(metadata):
        live = _live(family, family.owner, head, wrong)
        tables.update({family.key(old): new for old, new in live})
        moved.update({family.key(new): family.key(old) for old, new in live})
    # Labels first, then what a table has, then tables: so each key is right at its turn and also in the head.
    inner: dict[str, str] = {}
    for table in tables_of(metadata):
        here = moved.get(f"table:{relation(table)}", f"table:{relation(table)}").removeprefix("table:")
        families = [(family, _live(family, here, head, wrong)) for family in inner_families(table, dialect)]
        columns = {new: old for family, live in families if family.kind == "column" for old, new in live}
        for found in former_labels(table, here, columns, dialect, head):
            if isinstance(found, Found):
                wrong.append(found)
            else:
                inner.update((found,))
        for family, live in families:
            inner.update({_as_known(family.key(old, here), head): new for old, new in live})
    able = rules_for(head.dialect).renamable
    renamed = {key: new for key, new in {**inner, **tables}.items() if key.partition(":")[0] in able}
    return Former(renamed, tuple(wrong))


def table_families(metadata: sa.MetaData) -> Iterator[Family]:
    """The tables of each schema."""
    schemas: dict[str, list[sa.Table]] = {}
    for table in tables_of(metadata):
        schemas.setdefault(relation(table, "x")[:-2], []).append(table)
    for schema, tables in schemas.items():
        yield _family("table", schema, ((t.name, t, None) for t in tables))


def inner_families(table: sa.Table, dialect: sa.Dialect) -> Iterator[Family]:
    """The columns, constraints and indexes of a table."""
    owner = relation(table)
    yield _family("column", owner, ((c.name, table, c) for c in columns_of(table)))
    found: list[tuple[str, list[Any]]] = [
        ("constraint", list(constraints_of(table, dialect))),
        ("index", list(indexes_of(table, dialect))),
    ]
    for kind, elements in found:
        named = [(own_name(e, name, dialect), table, e) for e in elements if (name := name_of(e, dialect))]
        yield _family(kind, owner, named)


def _family(kind: str, owner: str, members: Iterable[tuple[str, sa.Table, Any]]) -> Family:
    places = {str(name): (table, element) for name, table, element in members}
    told = {name: (element if element is not None else table).info for name, (table, element) in places.items()}
    former = {name: info[RENAMED] for name, info in told.items() if isinstance(info.get(RENAMED), str)}
    return Family(kind, owner, frozenset(places), former, places)


def _live(family: Family, owner: str, head: Snapshot, wrong: list[Found]) -> list[tuple[str, str]]:
    """The old and new names that the head has to follow, each after the one that makes room for it.

    ``wrong`` gets the hints that nobody can follow.
    """
    follows = {old: new for new, old in family.former.items()}
    going: dict[str, str] = {}
    seen: set[str] = set()

    def visit(new: str) -> None:
        if new in seen:
            return
        seen.add(new)
        if new in follows:
            visit(follows[new])
        old = family.former[new]
        if not _has(family, old, owner, head):
            # Where nothing goes nothing can be lost by a hint that was meant for something else.
            if family.kind in WITH_ROWS and not _has(family, new, owner, head) and family.gone(owner, head):
                wrong.append(family.wrong(new, owner, head, both=False))
        elif new in going or not _has(family, new, owner, head):
            going[old] = new
        elif old not in family.names:
            wrong.append(family.wrong(new, owner, head, both=True))

    for new in sorted(family.former):
        visit(new)
    return list(going.items())


def _has(family: Family, name: str, owner: str, head: Snapshot) -> bool:
    return _as_known(family.key(name, owner), head) in head.objects


def _as_known(key: str, head: Snapshot) -> str:
    """The key as the head has it: a UNIQUE is an index where the engine has no other kind of it."""
    as_index = "index:" + key.removeprefix("constraint:")
    return as_index if key.startswith("constraint:") and key not in head.objects and as_index in head.objects else key


def declared_new(metadata: sa.MetaData, dialect_name: str) -> frozenset[str]:
    """The keys of what the models say is new: ``info={"renamed_from": None}``."""
    dialect = dialect_of(dialect_name)
    found: set[str] = set()
    for table in tables_of(metadata):
        owner = relation(table)
        named: list[tuple[str, Any]] = [(f"table:{owner}", table.info)]
        named += [(f"column:{owner}.{key_name(c.name)}", c.info) for c in columns_of(table)]
        elements: list[sa.Constraint | sa.Index] = [*constraints_of(table, dialect), *indexes_of(table, dialect)]
        for element in elements:
            if key := key_of(element, dialect):
                named.append((key, element.info))
        found.update(key for key, info in named if RENAMED in info and info[RENAMED] is None)
    return frozenset(found)
