"""Which foreign key refused a row, asked of the database where its driver does not say; SQLite's never does.

The operation that was refused asks, in its transaction if it has one, and only then: a request that succeeds pays
nothing. What another session has put right meanwhile is not found, and then no key is named.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy_utils import get_referencing_foreign_keys

from bothways.crud.query import at_key, key_values
from bothways.dialects.performing import Ask, Work
from bothways.dialects.violations import is_unnamed_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bothways.crud.shapes import Shape

Chain: TypeAlias = tuple[sa.ForeignKeyConstraint, ...]
_YIELDING: Final = frozenset({"CASCADE", "SET NULL", "SET DEFAULT"})


class KeyRefused(Exception):
    """A driver's refusal with the foreign key that it did not name."""

    def __init__(self, key: sa.ForeignKeyConstraint, refused: BaseException) -> None:
        super().__init__(str(key.name))
        self.key = key
        self.orig = refused
        """As SQLAlchemy calls it: whoever looks for causes finds the driver's own."""


class References:
    """What the rows of a shape refer to, and what refers to them. Statements are made when they are first asked."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._keys = _own(shape.table)
        self._columns = tuple(dict.fromkeys(column for key in self._keys for column in key.columns))

    def of_values(self, refused: Exception, values: Mapping[str, Any], at: Sequence[Any] | None = None) -> Work[None]:
        """Raise KeyRefused with the key by which refused values point at nothing; return where none is found.

        ``at`` is the key of the row that was to be changed: it has what is not among the values.
        """
        if not self._keys or not is_unnamed_key(refused):
            return
        try:
            if at is not None:
                rows = (yield Ask(self._row, key_values(at))).rows
                values = {**(dict(zip(self._names, rows[0], strict=True)) if rows else {}), **values}
            whole = {name: values.get(name) for name in self._names}
            there = (yield Ask(self._parents, whole)).rows[0]
        except sa.exc.DBAPIError:
            return
        for key, found in zip(self._keys, there, strict=True):
            if not found and _points_elsewhere(key, values):
                raise KeyRefused(key, refused) from refused

    def of_row(self, refused: Exception, at: Sequence[Any]) -> Work[None]:
        """Raise KeyRefused with the key by which rows keep that one from being deleted; return where none is found."""
        chains = chains_to(self._shape.table)
        if not chains or not is_unnamed_key(refused):
            return
        try:
            there = (yield Ask(self._children, key_values(at))).rows[0]
        except sa.exc.DBAPIError:
            return
        for chain, found in zip(chains, there, strict=True):
            if found:
                raise KeyRefused(chain[-1], refused) from refused

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(column.key for column in self._columns)

    @cached_property
    def _row(self) -> sa.Select[*tuple[Any, ...]]:
        return sa.select(*self._columns).where(at_key(self._shape))

    @cached_property
    def _parents(self) -> sa.Select[*tuple[Any, ...]]:
        """Whether each key's parent is there: one statement, so all of it is true at one moment."""
        return sa.select(*map(_parent, self._keys))

    @cached_property
    def _children(self) -> sa.Select[*tuple[Any, ...]]:
        """Whether rows are at the end of each chain."""
        here = at_key(self._shape)
        return sa.select(*(_chained(chain).where(here).exists() for chain in chains_to(self._shape.table)))


@cache
def chains_to(table: sa.Table) -> tuple[Chain, ...]:
    """The keys that can keep a row of ``table`` from being deleted, each after the cascades that lead there.

    Short ones come first. A key is in one chain at most, so there are not more of them than keys.
    """
    found: list[Chain] = []
    seen: set[sa.ForeignKeyConstraint] = set()
    pending: list[tuple[Chain, sa.Table]] = [((), table)]
    for chain, parent in pending:
        for key in _referring(parent):
            action = (key.ondelete or "").upper()
            if key in seen:
                continue
            seen.add(key)
            if action == "CASCADE":
                pending.append(((*chain, key), key.table))
            elif action not in _YIELDING:
                found.append((*chain, key))
    return tuple(found)


def _referring(table: sa.Table) -> list[sa.ForeignKeyConstraint]:
    keys = {key.constraint for key in get_referencing_foreign_keys(table)}
    # Those of a table to itself are not among them.
    keys |= {key for key in table.foreign_key_constraints if key.referred_table is table}
    return sorted(keys, key=lambda key: (key.table.name, key.column_keys))


def _own(table: sa.Table) -> tuple[sa.ForeignKeyConstraint, ...]:
    order = table.columns.keys()
    return tuple(sorted(table.foreign_key_constraints, key=lambda key: [order.index(c.key) for c in key.columns]))


def _parent(key: sa.ForeignKeyConstraint) -> sa.Exists:
    parent = key.referred_table.alias()
    same = (parent.c[e.column.key] == sa.bindparam(e.parent.key, type_=e.parent.type) for e in key.elements)
    return sa.select(sa.literal_column("1")).select_from(parent).where(*same).exists()


def _chained(chain: Chain) -> sa.Select[Any]:
    above: sa.FromClause = chain[0].referred_table
    joined = above
    for key in chain:
        child = key.table.alias()
        refers = sa.and_(*(child.c[e.parent.key] == above.c[e.column.key] for e in key.elements))
        if key.table is key.referred_table:
            # A row that refers to itself does not keep itself.
            refers &= sa.or_(*(child.c[c.key] != above.c[c.key] for c in key.table.primary_key))
        joined, above = joined.join(child, refers), child
    return sa.select(sa.literal_column("1")).select_from(joined)


def _points_elsewhere(key: sa.ForeignKeyConstraint, values: Mapping[str, Any]) -> bool:
    """Whether values point at a row by a key: none of them is null, and it is not their own row."""
    if any(values.get(e.parent.key) is None for e in key.elements):
        return False
    itself = key.referred_table is key.table
    return not (itself and all(values.get(e.column.key) == values[e.parent.key] for e in key.elements))
