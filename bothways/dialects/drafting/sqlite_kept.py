"""Side tables: what a revision would lose, kept for the way back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bothways.code import Code, call, sql
from bothways.dialects.drafting.sqlite_texts import folded, quoted, string, wrapped
from bothways.operations import SIDE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.dialects.drafting.sqlite_tables import Column, Table


def side_table(name: str, reserved: frozenset[str]) -> str:
    """A name for the side table of a table, that none has yet."""
    wanted = found = f"{SIDE}{name}"
    number = 1
    while folded(found) in reserved:
        number += 1
        found = f"{wanted}_{number}"
    return found


@dataclass(frozen=True)
class KeptColumns:
    """Values of some columns by the table's primary key."""

    name: str
    table: Table
    key: tuple[Column, ...]
    """The columns that rows are found by; none for their numbers, which the ways then carry along."""
    gone: tuple[Column, ...]
    """Columns whose values the new table has no more."""
    turned: Mapping[str, str]
    """By name what the new table makes of an old value: an expression."""

    @cached_property
    def alias(self) -> str:
        """What the side table is called in statements."""
        return "kept" if self.table.name.lower() != "kept" else "kept_values"

    @property
    def match(self) -> tuple[str, str]:
        """The side table, and how a row finds its values there."""
        table = quoted(self.table.name)
        pairs = [f"{self.alias}.{quoted(c.name)} = {table}.{quoted(c.name)}" for c in self.key]
        found = pairs or [f"{self.alias}.{self._number} = {table}.rowid"]
        return f"{quoted(self.name)} AS {self.alias}", " AND ".join(found)

    def value(self, column: Column) -> str:
        """The old value of a column."""
        return f"{self.alias}.{quoted(column.name)}"

    @property
    def known(self) -> str:
        """Whether a row was there before, as a condition's first half."""
        return f"{self.alias}.{quoted(self.key[0].name) if self.key else self._number}"

    @cached_property
    def _number(self) -> str:
        """Where the side table has the numbers of rows."""
        return self._free("row_number")

    def back(self, column: Column, newer: str) -> str:
        """The value of a turned column: the old one, unless somebody has changed the new one since: then ``newer``."""
        now = f"{quoted(self.table.name)}.{quoted(column.name)}"
        return f"iif({self.alias}.{quoted(self._turned_name(column))} IS {now}, {self.value(column)}, {newer})"

    def fill(self, types: Mapping[str, str]) -> tuple[Code, ...]:
        """Make it and put the values aside; ``types`` are those of turned columns in the new table."""
        defined = [f"{quoted(c.name)} {c.type.upper()}".rstrip() for c in (*self.key, *self.gone)]
        names = [quoted(c.name) for c in (*self.key, *self.gone)]
        values = list(names)
        if not self.key:
            defined.insert(0, f"{self._number} INTEGER")
            names.insert(0, self._number)
            values.insert(0, "rowid")
        for column in self._turned:
            becomes = quoted(self._turned_name(column))
            defined += [
                f"{quoted(column.name)} {column.type.upper()}",
                f"{becomes} {types[folded(column.name)].upper()}",
            ]
            names += [quoted(column.name), becomes]
            values += [quoted(column.name), self.turned[folded(column.name)]]
        keys = ", ".join(quoted(c.name) for c in self.key) or self._number
        create = [*(f"    {d}," for d in defined), f"    PRIMARY KEY ({keys})"]
        table, side = quoted(self.table.name), quoted(self.name)
        return (
            sql(f"CREATE TABLE {side} (", *create, ")"),
            sql(
                *wrapped(f"INSERT INTO {side} ({', '.join(names)})"),
                *wrapped(f"SELECT {', '.join(values)} FROM {table}{self._worth}"),
            ),
        )

    @cached_property
    def _turned(self) -> tuple[Column, ...]:
        return tuple(self.table.columns[name] for name in self.turned)

    def _turned_name(self, column: Column) -> str:
        return self._free(f"{column.name}_upgraded")

    def _free(self, name: str) -> str:
        taken = {folded(c.name) for c in (*self.key, *self.gone, *self._turned)}
        while folded(name) in taken:
            name += "_"
        return name

    @property
    def _worth(self) -> str:
        """Which rows have something to lose: where a missing value means NULL, those that have one."""
        if self.turned or any(c.default is not None for c in self.gone):
            return ""
        return " WHERE " + " OR ".join(f"{quoted(c.name)} IS NOT NULL" for c in self.gone)


@dataclass(frozen=True, slots=True)
class KeptTable:
    """All rows of a table."""

    name: str
    table: Table

    @property
    def _names(self) -> str:
        return ", ".join(quoted(c.name) for c in self.table.columns.values() if c.generated is None)

    def fill(self) -> tuple[Code, ...]:
        """Make it of the table's rows."""
        source = f"FROM {quoted(self.table.name)}"
        made = sql(*wrapped(f"CREATE TABLE {quoted(self.name)} AS SELECT {self._names} {source}"))
        return (made, *self._counter(self.table.name, self.name))

    def give_back(self) -> tuple[Code, ...]:
        """Put the rows into the table again and end the side table."""
        table, side = quoted(self.table.name), quoted(self.name)
        insert = sql(*wrapped(f"INSERT INTO {table} ({self._names})"), *wrapped(f"SELECT {self._names} FROM {side}"))
        return (*self._counter(self.name, self.table.name), insert, call("op.drop_table", self.name))

    def _counter(self, old: str, new: str) -> tuple[Code, ...]:
        if not self.table.counts:
            return ()
        return (sql(f"UPDATE sqlite_sequence SET name = {string(new)} WHERE name = {string(old)}"),)
