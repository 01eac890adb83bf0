"""What rows a table takes: its columns, keys, foreign keys and conditions, read from a snapshot.

A snapshot has each engine's own texts (``character varying(80)``, ``enum('a','b')``, ``varchar(20)``); here they become
the same words for all of them, and each engine's module says how a name and a value are written in its SQL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from bothways.snapshot import key_name, split_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import sqlalchemy as sa

    from bothways.snapshot import Snapshot

Kind = Literal[
    "array", "binary", "bits", "boolean", "choice", "date", "datetime", "decimal", "float", "integer", "interval",
    "json", "samples", "set", "text", "time", "uuid",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlantableColumn:
    """A column as one who fills it needs it."""

    name: str
    type: str
    kind: Kind
    nullable: bool = True
    automatic: bool = False
    """The server numbers it."""
    generated: bool = False
    """No value may be given: computed, or numbered always."""
    renewed: bool = False
    """The server changes it whenever its row changes."""
    low: int = 0
    high: int = 0
    """The smallest and the largest number of an integer."""
    length: int | None = None
    """How many characters, bytes or bits fit; of a decimal its digits, of a time those of its seconds' fraction."""
    scale: int = 0
    """The decimal places of a decimal."""
    fixed: bool = False
    """The length is always the same."""
    zoned: bool = False
    """A time knows its time zone."""
    labels: tuple[str, ...] = ()
    """The labels of a choice or a set; the texts to choose from of ``samples``; else what is a value but no number."""
    item: PlantableColumn | None = None
    """What an array holds."""
    alphabet: Literal["all", "plane", "ascii"] = "all"
    """The characters that it takes: all, those of the basic plane, or ASCII only."""
    folded: bool = False
    """Texts that differ in case or accents are the same to a unique key."""
    default: str | None = None
    """The server's text of its default."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: ``columns`` hold the ``targets`` of a row of ``table``."""

    name: str
    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """Columns whose values together are unique; ``folded`` where an expression of theirs is."""

    name: str
    columns: tuple[str, ...]
    folded: bool = False
    nulls_equal: bool = False


@dataclass(frozen=True, slots=True)
class PlantableTable:
    """A table as one who fills it needs it."""

    name: str
    columns: tuple[PlantableColumn, ...]
    keys: tuple[Key, ...] = ()
    references: tuple[Reference, ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()
    """Name and expression of what each row must fulfil."""
    parent: str | None = None
    """The table of which it is a partition."""

    def column(self, name: str) -> PlantableColumn:
        """The column of that name."""
        return next(c for c in self.columns if c.name == name)


class Planter(Protocol):
    """What an engine knows about filling its tables."""

    postponing: Sequence[str]
    """Statements that put foreign keys off until ``insisting`` in this transaction."""
    insisting: Sequence[str]

    undone: bool
    """A statement that fails leaves nothing of itself behind, and the transaction goes on."""

    def tables(self, snapshot: Snapshot, names: Collection[str] | None = None) -> tuple[PlantableTable, ...]:
        """The tables that take rows; with ``names`` only those (and their partitions), at a cost of those only."""
        ...

    def quoted(self, name: str) -> str:
        """A column's name in SQL."""
        ...

    def qualified(self, table: str) -> str:
        """A table's name of the snapshot in SQL."""
        ...

    def literal(self, column: PlantableColumn, value: Any) -> str:
        """A value in SQL."""
        ...

    def readable(self, column: PlantableColumn) -> str:
        """An expression that reads the column so that ``read`` understands it."""
        ...

    def read(self, column: PlantableColumn, value: Any) -> Any:
        """The value that ``readable`` gave, such that ``literal`` writes it again."""
        ...

    def rows(
        self, connection: sa.Connection, table: str, most: int, columns: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """Some rows of a table of the snapshot, in values that Python can hold whatever they are.

        ``columns`` names those to read; without them a column that does not show itself is left out.
        """
        ...

    def empty_row(self, table: str) -> str:
        """The statement that inserts a row of which nothing is given, into a table's name in SQL."""
        ...

    def dangling(self, connection: sa.Connection, table: str) -> bool:
        """Whether rows of the table lack the rows that they refer to, where the engine has not looked by itself."""
        ...


def planter_for(dialect: str) -> Planter:
    """What the engine of that name knows about filling its tables."""
    return cast("Planter", import_module(f"bothways.dialects.{dialect}_columns").PLANTER)


def read_tables(snapshot: Snapshot, names: Collection[str] | None = None) -> tuple[PlantableTable, ...]:
    """The ordinary tables of a snapshot, sorted by name; with ``names`` only those and their partitions."""
    return planter_for(snapshot.dialect).tables(snapshot, names)


def read_columns(snapshot: Snapshot, table: str) -> tuple[PlantableColumn, ...]:
    """The columns of one table in their order; none where the snapshot has no such table."""
    return next((t.columns for t in read_tables(snapshot, (table,)) if t.name == table), ())


# What the engines' modules share.

UUID_TYPES = frozenset({"char(32)", "char(36)"})
"""How a UUID is kept where there is no type for it: 32 digits, or with the dashes."""
INTEGERS: Mapping[str, int] = {
    "tinyint": 8, "smallint": 16, "int2": 16, "mediumint": 24, "int": 32, "integer": 32, "int4": 32, "bigint": 64,
    "int8": 64,
}  # fmt: skip
_SIZED = re.compile(r"^(?P<name>[^(]*?)\s*(?:\((?P<sizes>[^)]*)\))?(?P<rest>[^()]*)$", re.S)
_LABEL = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.S)


def integer(name: str, type_: str, bits: int, *, unsigned: bool = False) -> PlantableColumn:
    """A column of whole numbers."""
    low, high = (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return PlantableColumn(name, type_, "integer", low=low, high=high)


def sized(type_: str) -> tuple[str, tuple[int, ...], str]:
    """``timestamp(3) with time zone`` → ``("timestamp with time zone", (3,), …)``; the last is what follows."""
    match = _SIZED.match(type_.strip())
    if match is None:
        return type_, (), ""
    sizes = tuple(int(s) for s in re.findall(r"-?\d+", match["sizes"] or ""))
    rest = match["rest"].strip()
    return f"{match['name']} {rest}".strip(), sizes, rest


def labels(text: str) -> tuple[str, ...]:
    """The quoted labels of ``enum('a','it''s')``."""
    return tuple(m.replace("''", "'").replace("\\\\", "\\") for m in _LABEL.findall(text))


Members = list[tuple[str, "Mapping[str, Any]"]]


@dataclass(frozen=True, slots=True)
class Index:
    """A snapshot's objects by the table that they belong to, made in one walk over its keys."""

    tables: Mapping[str, Mapping[str, Any]]
    types: Mapping[str, Mapping[str, Any]]
    members: Mapping[tuple[str, str], Members]
    """By kind and table: names with their facts, in the order of the columns."""
    partitions: Mapping[str, tuple[str, ...]]
    """The tables whose facts name a table as a parent, by that table."""

    def of(self, kind: str, table: str) -> Members:
        """The columns, constraints or indexes of a table."""
        return self.members.get((kind, table), [])

    def wanted(self, names: Collection[str] | None) -> tuple[str, ...]:
        """The tables of those names and all partitions of them, sorted; every table where ``names`` is None."""
        if names is None:
            return tuple(sorted(self.tables))
        found: set[str] = set()
        open_ = list(names)
        while open_:
            name = open_.pop()
            if name in self.tables and name not in found:
                found.add(name)
                open_ += self.partitions.get(name, ())
        return tuple(sorted(found))


_MOST_INDEXES = 6
_indexes: tuple[tuple[Snapshot, Index], ...] = ()


def index(snapshot: Snapshot) -> Index:
    """The snapshot's index; those of the last few snapshots are kept."""
    global _indexes  # noqa: PLW0603 - replaced as a whole, so that threads need no lock
    for known, made in _indexes:
        if known is snapshot:
            return made
    found = _indexed(snapshot)
    _indexes = ((snapshot, found), *_indexes[: _MOST_INDEXES - 1])
    return found


_KINDS = frozenset({"column", "constraint", "index"})


def _indexed(snapshot: Snapshot) -> Index:
    tables: dict[str, Mapping[str, Any]] = {}
    types: dict[str, Mapping[str, Any]] = {}
    loose: list[tuple[str, str, Mapping[str, Any]]] = []
    parents: dict[str, list[str]] = {}
    for key, facts in snapshot.objects.items():
        kind, _, name = key.partition(":")
        if kind in _KINDS:
            loose.append((kind, name, facts))
        elif kind == "table":
            tables[name] = facts
            above = facts.get("parents")
            for parent in above if isinstance(above, tuple) and facts.get("partition_bound") else ():
                parents.setdefault(key_name(*(x for x in listed(str(parent)) if x != "public")), []).append(name)
        elif kind == "type":
            types[name] = facts
    members: dict[tuple[str, str], Members] = {}
    for kind, name, facts in loose:
        table, own = split_name(name)
        if table in tables:
            members.setdefault((kind, table), []).append((own, facts))
    for rows in members.values():
        rows.sort(key=lambda row: (int(row[1].get("position") or 0), row[0]))
    return Index(tables, types, members, {n: tuple(p) for n, p in parents.items()})


_NAME = r"""(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|[^\W\d][\w$]*)"""
FOREIGN = re.compile(
    rf"^foreign\s+key\s*\((?P<columns>.*?)\)\s*references\s+(?P<table>{_NAME}(?:\s*\.\s*{_NAME})?)"
    r"\s*(?:\((?P<targets>.*?)\))?(?=\s|$)",
    re.I | re.S,
)
_LISTED = re.compile(_NAME)


def listed(text: str) -> tuple[str, ...]:
    """The names of ``a, "b c", `d` ``, unquoted."""
    return tuple(unquoted(m) for m in _LISTED.findall(text))


def unquoted(name: str) -> str:
    """A name without its quotes."""
    if name[:1] in {'"', "`"}:
        return name[1:-1].replace(name[0] * 2, name[0])
    return name


def enclosed(text: str, start: int = 0) -> tuple[str, str]:
    """What is in the first parentheses from ``start`` on, and what follows them; quotes are respected."""
    begin = text.index("(", start)
    depth, quote = 0, ""
    for i in range(begin, len(text)):
        character = text[i]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"`":
            quote = character
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                return text[begin + 1 : i], text[i + 1 :]
    return text[begin + 1 :], ""


def mentioned(text: str, columns: Sequence[PlantableColumn], *, any_case: bool = False) -> tuple[str, ...]:
    """The columns that an expression names."""
    without_strings = re.sub(r"'(?:[^']|'')*'", "''", text)
    names = listed(without_strings)
    if any_case:
        lowered = {n.lower() for n in names}
        return tuple(c.name for c in columns if c.name.lower() in lowered)
    return tuple(c.name for c in columns if c.name in names)


def key_of(name: str, expressions: str, columns: Sequence[PlantableColumn], *, any_case: bool = False) -> Key | None:
    """A unique key over a list of columns and expressions; an expression counts as its columns, folded."""
    named = mentioned(expressions, columns, any_case=any_case)
    folded = "(" in expressions or any(c.folded for c in columns if c.name in named)
    return Key(name, named, folded=folded) if named else None
