"""The way from one form of a table to another: by ALTER TABLE where that is exact, else a new table with its rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bothways.code import Call, Code, call, sql
from bothways.dialects.drafting.sqlite_texts import names_in, quoted, string, wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bothways.dialects.drafting.sqlite_tables import Column, Table

NEW = "bothways_new_"
"""What a table is called until it takes the place of the old one."""
DROPS_COLUMNS = (3, 35, 5)
"""The first version whose DROP COLUMN never damages a file."""
_TYPES = {
    "integer": "sa.Integer", "smallint": "sa.SmallInteger", "bigint": "sa.BigInteger", "text": "sa.Text",
    "date": "sa.Date", "datetime": "sa.DateTime", "time": "sa.Time", "boolean": "sa.Boolean", "float": "sa.Float",
    "json": "sa.JSON", "blob": "sa.LargeBinary",
}  # fmt: skip
_SIZED = re.compile(r"(varchar|char|numeric)\((\d+)(?:, (\d+))?\)")
_SIZED_TYPES = {"varchar": "sa.String", "char": "sa.CHAR", "numeric": "sa.Numeric"}


@dataclass(frozen=True, slots=True)
class Way:
    """From a table to the same table in another form."""

    source: Table
    target: Table
    fill: Mapping[str, str] = field(default_factory=dict)
    """Values of the target's columns, as expressions over the source; what is not here is copied or has its default."""
    kept: tuple[str, str] | None = None
    """The side table that ``fill`` speaks of, and the condition that finds its rows."""
    numbered: bool = False
    """Whether rows must keep their numbers, though no column has them."""
    watched: bool = False
    """Whether the table has triggers, which an UPDATE would set off."""
    in_order: bool = False
    """Whether the columns must end in the target's order."""
    version: tuple[int, ...] = ()

    @property
    def added(self) -> tuple[Column, ...]:
        """The columns that only the target has."""
        return tuple(c for n, c in self.target.columns.items() if n not in self.source.columns)

    @property
    def dropped(self) -> tuple[Column, ...]:
        """The columns that only the source has."""
        return tuple(c for n, c in self.source.columns.items() if n not in self.target.columns)

    @property
    def small(self) -> bool:
        """Whether ALTER TABLE leads there exactly."""
        return (
            self.source.name == self.target.name
            and self.source.same_rules(self.target)
            and all(
                _alike(c, self.target.columns[n]) for n, c in self.source.columns.items() if n in self.target.columns
            )
            and all(map(_addable, self.added))
            and (not self.dropped or self.version >= DROPS_COLUMNS)
            and all(_droppable(c, self.source) for c in self.dropped)
            and len(self.dropped) < len(self.source.columns)
            and not (self.watched and self.fill)
            and (not self.in_order or self._in_order())
        )

    @property
    def harmless(self) -> bool:
        """Whether SQLite does it without a look at views and triggers."""
        return self.small and not self.dropped

    def codes(self) -> tuple[Code, ...]:
        """The statements."""
        return (*self._alter(),) if self.small else (*self._rebuild(),)

    def _in_order(self) -> bool:
        stay = [n for n in self.source.columns if n in self.target.columns]
        return [*stay, *(n for n in self.target.columns if n not in self.source.columns)] == list(self.target.columns)

    def _alter(self) -> list[Code]:
        name = self.target.name
        codes = [_add(self.target, column) for column in self.added]
        filled = [f"{quoted(c.name)} = {self.fill[n]}" for n, c in self.target.columns.items() if n in self.fill]
        if filled:
            origin = [f"FROM {self.kept[0]} WHERE {self.kept[1]}"] if self.kept else []
            codes.append(sql(*_lines(f"UPDATE {quoted(name)} SET ", filled), *origin))
        return [*codes, *(call("op.drop_column", name, column.name) for column in self.dropped)]

    def _rebuild(self) -> list[Code]:
        name, new = self.target.name, NEW + self.target.name
        codes: list[Code] = [self.target.text.renamed(name, new).create(new)]
        if self.source.counts or self.target.counts:
            # The numbers that were handed out stay known, also while the table doesn't count.
            codes.append(
                sql(f"UPDATE sqlite_sequence SET name = {string(new)} WHERE name = {string(self.source.name)}")
            )
        codes += self._copy(new)
        return [*codes, call("op.drop_table", self.source.name), call("op.rename_table", new, name)]

    def _copy(self, new: str) -> list[Code]:
        names, values = (list(part) for part in self._rowid)
        for key, column in self.target.columns.items():
            value = self.fill.get(key) or self._value(key)
            if column.generated is None and value is not None:
                names.append(quoted(column.name))
                values.append(value)
        if not names:
            # Rows without a column that stays are rows all the same.
            name, value = self._any_value()
            names, values = [name], [value]
        # The table may say to leave out rows that break a rule; a copy must not.
        verb = "INSERT OR ABORT INTO" if self._forgives else "INSERT INTO"
        source = f"FROM {quoted(self.source.name)}"
        insert, select = _lines(f"{verb} {quoted(new)} (", names, ")"), _lines("SELECT ", values)
        joined = [source, f"LEFT JOIN {self.kept[0]} ON {self.kept[1]}"] if self.kept else [source]
        if len(insert) == len(select) == 1 and len(select[0]) + len(source) < 100 and not self.kept:
            return [sql(insert[0], f"{select[0]} {source}")]
        return [sql(*insert, *select, *joined)]

    def _value(self, key: str) -> str | None:
        found = self.source.columns.get(key)
        if found is None:
            numbered = self.target.columns[key].rowid and not self.source.without_rowid
            return f"{quoted(self.source.name)}.rowid" if numbered else None
        return f"{quoted(self.source.name)}.{quoted(found.name)}" if self.kept else quoted(found.name)

    def _any_value(self) -> tuple[str, str]:
        if not self.source.without_rowid and not self.target.without_rowid and "rowid" not in self.target.columns:
            return "rowid", f"{quoted(self.source.name)}.rowid"
        first = next(c for c in self.target.columns.values() if c.generated is None)
        return quoted(first.name), first.default or "NULL"

    @property
    def _rowid(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """A number that is a column no more stays that of its row, so that the way back finds it."""
        number = quoted(self.source.number.name) if self.source.number else "rowid" if self.numbered else None
        if number is None or self.target.number or self.target.without_rowid or "rowid" in self.target.columns:
            return (), ()
        return ("rowid",), (f"{quoted(self.source.name)}.{number}",)

    @property
    def _forgives(self) -> bool:
        return any("conflict" in names_in(part) for part in self.target.text.parts)


def _alike(one: Column, other: Column) -> bool:
    return (one.name, one.facts) == (other.name, other.facts)


def _addable(column: Column) -> bool:
    words = set(column.words)
    if words & {"primary", "unique"} or column.generated == "stored":
        return False
    if column.default is not None and (not column.constant or "references" in words):
        return False
    return not column.not_null or (column.constant and column.default != "null")


def _droppable(column: Column, table: Table) -> bool:
    if column.facts["key"] or set(column.words) & {"primary", "unique", "references"}:
        return False
    others = [" ".join(c.words) for c in table.columns.values() if c is not column]
    return not any(column.name.lower() in names_in(text) for text in (*others, *table.constraints.values()))


def _add(table: Table, column: Column) -> Code:
    simple = " ".join(column.words) == column.type.replace("(", " ( ").replace(")", " )").replace(",", " ,")
    type_ = _type(column.type) if " ".join(column.words) == " ".join(column.type.split()) or simple else None
    if type_ is not None:
        return call("op.add_column", table.name, call("sa.Column", column.name, type_))
    text = table.text.column(column.name)
    return sql(*wrapped(f"ALTER TABLE {quoted(table.name)} ADD COLUMN {text}"))


def _type(declared: str) -> Call | None:
    if declared in _TYPES:
        return call(_TYPES[declared])
    sized = _SIZED.fullmatch(declared)
    if sized is None or (sized[1] == "numeric") != (sized[3] is not None):
        return None
    return call(_SIZED_TYPES[sized[1]], *(int(n) for n in sized.groups()[1:] if n is not None))


def _lines(head: str, items: list[str], tail: str = "") -> list[str]:
    """A list on one line, or on more where it is too long."""
    line = head + ", ".join(items) + tail
    if len(line) <= 104:
        return [line]
    lines, current = [head.rstrip()], "   "
    for place, item in enumerate(items):
        piece = item + ("," if place < len(items) - 1 else "")
        if current.strip() and len(current) + 1 + len(piece) > 104:
            lines.append(current)
            current = "   "
        current += f" {piece}"
    return [*lines, current, tail] if tail else [*lines, current]
