"""The former names that models tell: ``info={"renamed_from": "old"}``, and what of them a head has still to follow.

A hint may stay in the models for as long as anybody likes: where the head has the new name and not the old one, it is
spent and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bothways.dialects.naming import rules_for
from bothways.dialects.plantable import labels
from bothways.generate.declared import (
    PLAIN_SCHEMA,
    columns_of,
    constraints_of,
    dialect_of,
    enum_of,
    indexes_of,
    key_of,
    name_of,
    own_name,
    relation,
    tables_of,
)
from bothways.snapshot import key_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import sqlalchemy as sa

    from bothways.snapshot import Snapshot

RENAMED = "renamed_from"
"""The key of a hint in ``info``; None as its value says that the object is new, whatever it looks like."""
RENAMED_LABELS = "renamed_labels"
"""The key of a hint in a column's ``info``: an enum's former labels and their new ones."""


@dataclass(frozen=True, slots=True)
class Family:
    """The names of one kind in one place, as the models have them: of tables, of a table's columns, of its indexes."""

    kind: str
    owner: str
    """What the names belong to, as keys of the models have it; nothing for tables."""
    names: frozenset[str]
    former: Mapping[str, str]
    """New names and the former ones."""

    def key(self, name: str, owner: str | None = None) -> str:
        """The key of a name, of that owner where it has another one in the head."""
        place = self.owner if owner is None else owner
        return f"{self.kind}:{place}{'.' if place else ''}{key_name(name)}"


@dataclass(frozen=True, slots=True)
class Former:
    """What the hints say of a head."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    """Keys of the head and the objects' new names; what belongs to a table comes before the table itself."""
    clashes: tuple[tuple[str, str], ...] = ()
    """Keys of the old and of the new object, where the head has both."""


def former_names(metadata: sa.MetaData, head: Snapshot) -> Former:
    """The renames that this head still has to follow."""
    dialect = dialect_of(head.dialect)
    moved: dict[str, str] = {}
    tables: dict[str, str] = {}
    clashes: list[tuple[str, str]] = []
    for family in table_families(metadata):
        live, both = _live(family, family.owner, head)
        clashes += both
        tables.update({family.key(old): new for old, new in live})
        moved.update({family.key(new): family.key(old) for old, new in live})
    # Labels first, then what a table has, then tables: so each key is right at its turn and also in the head.
    inner: dict[str, str] = {}
    for table in tables_of(metadata):
        here = moved.get(f"table:{relation(table)}", f"table:{relation(table)}").removeprefix("table:")
        inner.update(_labels(table, here, dialect, head))
        for family in inner_families(table, dialect):
            live, both = _live(family, here, head)
            clashes += both
            inner.update({_as_known(family.key(old, here), head): new for old, new in live})
    able = rules_for(head.dialect).renamable
    found = {key: new for key, new in {**inner, **tables}.items() if key.partition(":")[0] in able}
    return Former(found, tuple(clashes))


def table_families(metadata: sa.MetaData) -> Iterator[Family]:
    """The tables of each schema."""
    schemas: dict[str, list[sa.Table]] = {}
    for table in tables_of(metadata):
        schemas.setdefault(relation(table, "x")[:-2], []).append(table)
    for schema, tables in schemas.items():
        yield Family("table", schema, frozenset(t.name for t in tables), _hints((t.name, t.info) for t in tables))


def inner_families(table: sa.Table, dialect: sa.Dialect) -> Iterator[Family]:
    """The columns, constraints and indexes of a table."""
    columns = list(columns_of(table))
    owner = relation(table)
    yield Family("column", owner, frozenset(c.name for c in columns), _hints((c.name, c.info) for c in columns))
    found: list[tuple[str, list[Any]]] = [
        ("constraint", list(constraints_of(table, dialect))),
        ("index", list(indexes_of(table, dialect))),
    ]
    for kind, elements in found:
        named = [(own_name(e, name, dialect), e.info) for e in elements if (name := name_of(e, dialect))]
        yield Family(kind, owner, frozenset(name for name, _ in named), _hints(named))


def _hints(named: Any) -> dict[str, str]:
    return {str(name): info[RENAMED] for name, info in named if isinstance(info.get(RENAMED), str)}


def _live(family: Family, owner: str, head: Snapshot) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The old and new names that the head has to follow, each after the one that makes room for it; and clashes."""
    follows = {old: new for new, old in family.former.items()}
    going: dict[str, str] = {}
    clashes: list[tuple[str, str]] = []
    seen: set[str] = set()

    def visit(new: str) -> None:
        if new in seen:
            return
        seen.add(new)
        if new in follows:
            visit(follows[new])
        old = family.former[new]
        if not _has(family, old, owner, head):
            return
        if new in going or not _has(family, new, owner, head):
            going[old] = new
        elif old not in family.names:
            clashes.append((family.key(old, owner), family.key(new, owner)))

    for new in sorted(family.former):
        visit(new)
    return list(going.items()), clashes


def _has(family: Family, name: str, owner: str, head: Snapshot) -> bool:
    return _as_known(family.key(name, owner), head) in head.objects


def _as_known(key: str, head: Snapshot) -> str:
    """The key as the head has it: a UNIQUE is an index where the engine has no other kind of it."""
    as_index = "index:" + key.removeprefix("constraint:")
    return as_index if key.startswith("constraint:") and key not in head.objects and as_index in head.objects else key


def _labels(table: sa.Table, owner: str, dialect: sa.Dialect, head: Snapshot) -> Iterator[tuple[str, str]]:
    for column in columns_of(table):
        enum = enum_of(column, dialect)
        for old, new in column.info.get(RENAMED_LABELS, {}).items() if enum is not None else ():
            place, labels = _labels_of(enum, table, owner, column, head)
            if old in labels and new not in labels:
                yield f"label:{place}.{key_name(old)}", new


def _labels_of(
    enum: Any, table: sa.Table, owner: str, column: sa.Column[Any], head: Snapshot
) -> tuple[str, Collection[str]]:
    """Where the head has an enum's labels: in a type of its name, or in its column's type."""
    # A type without a schema is in the default one, or in its table's.
    for schema in (enum.schema,) if enum.schema else (PLAIN_SCHEMA, table.schema):
        name = key_name(*([str(schema)] if schema not in {None, PLAIN_SCHEMA} else []), str(enum.name))
        of_type = head.objects.get(f"type:{name}", {}).get("labels")
        if isinstance(of_type, tuple):
            return name, of_type
    former = column.info.get(RENAMED) or column.name
    names = [n for n in (column.name, former) if f"column:{owner}.{key_name(n)}" in head.objects]
    place = f"{owner}.{key_name(names[0] if names else column.name)}"
    type_ = str(head.objects.get(f"column:{place}", {}).get("type"))
    # Where labels are a CHECK's, rows have to be changed while none is there: that is no rename.
    return place, labels(type_) if type_.startswith("enum(") else ()


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
