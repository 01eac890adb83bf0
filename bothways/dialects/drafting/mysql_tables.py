"""Tables of MySQL and MariaDB as a snapshot has them: the lines of SHOW CREATE TABLE, by what they declare."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bothways.snapshot import key_name, parts_of, split_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bothways.snapshot import Snapshot, Value

_TOKEN = re.compile(r"'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)+`|[^'`]+", re.S)
_NAME = re.compile(r"`((?:[^`]|``)+)`")
_GENERATED = re.compile(r" GENERATED ALWAYS AS ")
_NOT_NULL = re.compile(r" NOT NULL\b")
_RENEWED = re.compile(r"on update", re.I)
_REFERENCE = re.compile(
    r"FOREIGN KEY \((?P<columns>(?:`(?:[^`]|``)+`(?:, ?)?)+)\) REFERENCES "
    r"(?:`(?P<database>(?:[^`]|``)+)`\.)?`(?P<table>(?:[^`]|``)+)` \((?P<targets>(?:`(?:[^`]|``)+`(?:, ?)?)+)\)"
)
_CHARSET = re.compile(r" ?\bDEFAULT CHARSET=\w+(?: COLLATE=\w+)?")
_OPTION = re.compile(r"(?P<name>DEFAULT CHARSET|`(?:[^`]|``)+`|\w+)=(?P<value>'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)+`|\S+)")
_PAGE_CHECKSUM = re.compile(r" PAGE_CHECKSUM=\d")
_PARTITION = re.compile(r"\s*(/\*!\d+\s+PARTITION BY\b.*|PARTITION BY\b.*)$", re.S)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its line in SHOW CREATE TABLE, and what information_schema says of it."""

    name: str
    line: str
    facts: Mapping[str, Value] = field(default_factory=dict)

    @property
    def same(self) -> tuple[object, ...]:
        """What two columns must have in common to be the same."""
        return (self.line, *(self.facts.get(fact) for fact in ("type", "not_null", "default", "extra", "collation")))

    @property
    def type(self) -> str:
        """The type, as information_schema has it."""
        return str(self.facts.get("type"))

    @property
    def generated(self) -> str | None:
        """``STORED``, ``VIRTUAL``, or None for a column that holds what it is given."""
        if not any(_GENERATED.search(part) for part in outside(self.line)):
            return None
        return "VIRTUAL" if "VIRTUAL" in str(self.facts.get("extra")) else "STORED"

    @property
    def expression(self) -> str:
        """What a generated column is computed by."""
        text = self.line.partition(" GENERATED ALWAYS AS (")[2]
        depth, end = 1, 0
        for part in _TOKEN.findall(text):
            for character in part if part[0] not in "'`" else "":
                depth += {"(": 1, ")": -1}.get(character, 0)
                if not depth:
                    return text[:end]
                end += 1
            end += len(part) if part[0] in "'`" else 0
        return text

    @property
    def nullable(self) -> bool:
        """Whether it takes NULL."""
        return not self.facts.get("not_null")

    @property
    def renewed(self) -> bool:
        """Whether the server changes it whenever its row changes."""
        return bool(_RENEWED.search(str(self.facts.get("extra"))))

    @property
    def automatic(self) -> bool:
        """Whether the server numbers it."""
        return "auto_increment" in str(self.facts.get("extra")).lower()

    def relaxed(self) -> Column:
        """The same, but it may be NULL."""
        found = 0
        parts: list[str] = []
        for part in _TOKEN.findall(self.line):
            if part[0] not in "'`" and not found:
                part, found = _NOT_NULL.subn(" NULL", part, count=1)  # noqa: PLW2901
            parts.append(part)
        return Column(self.name, "".join(parts), {**self.facts, "not_null": False})


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """One foreign key: what follows its name, and what it joins."""

    name: str
    text: str
    columns: tuple[str, ...]
    table: str
    """The table that it points to; nothing where that is in another database."""
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table, each part in the order of SHOW CREATE TABLE."""

    name: str
    columns: Mapping[str, Column]
    keys: Mapping[str, str]
    """The lines of its keys, by name; ``PRIMARY`` is the primary key's."""
    foreign: Mapping[str, ForeignKey]
    conditions: Mapping[str, str]
    """What follows the names of its CHECK constraints."""
    periods: Mapping[str, str]
    """The lines of its periods of time, by themselves."""
    options: str
    versioned: bool = False
    usual: bool = False
    """Whether its character set and collation are those of the database, as they are where nobody names any."""

    @property
    def written(self) -> str:
        """Its options as CREATE TABLE names them: another server has its own usual collation."""
        return _CHARSET.sub("", self.options) if self.usual else self.options

    @property
    def key(self) -> str:
        """Its name as keys of snapshots have it."""
        return key_name(self.name)

    @property
    def primary(self) -> tuple[str, ...]:
        """The columns of its primary key; nothing where it has none."""
        line = self.keys.get("PRIMARY")
        return names_in(line) if line else ()

    @property
    def settings(self) -> dict[str, str]:
        """Its options without its partitions: ``{"ENGINE": "InnoDB", …}``."""
        text = _PARTITION.sub("", self.options)
        return {m["name"]: m["value"] for m in _OPTION.finditer(text)}

    @property
    def partitions(self) -> str:
        """How it is partitioned, or nothing."""
        found = _PARTITION.search(self.options)
        return found.group(1) if found else ""

    def column_key(self, column: str) -> str:
        """A column's name as keys of snapshots have it."""
        return key_name(self.name, column)


def tables_of(snapshot: Snapshot) -> dict[str, Table]:
    """All tables of a snapshot by their names."""
    parts: dict[str, dict[str, list[tuple[str, Mapping[str, Value]]]]] = {}
    for key, facts in snapshot.objects.items():
        kind, _, name = key.partition(":")
        if kind in {"column", "index", "constraint"}:
            owner, own = split_name(name)
            parts.setdefault(owner, {}).setdefault(kind, []).append((own, facts))
    found: dict[str, Table] = {}
    for name in snapshot.names("table"):
        plain = parts_of(name)[0]
        facts = snapshot.objects[f"table:{name}"]
        usual = facts.get("collation") == snapshot.objects.get("database:main", {}).get("collation")
        found[plain] = replace(_table(plain, facts, parts.get(name, {})), usual=usual)
    return found


def _table(name: str, facts: Mapping[str, Value], parts: Mapping[str, list[tuple[str, Mapping[str, Value]]]]) -> Table:
    # SQLAlchemy makes indexes and the keys of circles in the order of a set, so where they stand means nothing.
    orders = {"column": _position, "index": _name, "constraint": _name}
    sorted_parts = {kind: sorted(members, key=orders[kind]) for kind, members in parts.items()}
    columns = {n: Column(n, str(f["definition"]), f) for n, f in sorted_parts.get("column", ()) if f["definition"]}
    keys = {n: str(f["definition"]) for n, f in sorted_parts.get("index", ())}
    constraints = {n: str(f["definition"]) for n, f in sorted_parts.get("constraint", ())}
    foreign = {n: _foreign_key(n, text) for n, text in constraints.items() if text.startswith("FOREIGN KEY")}
    periods = {text: text for text in constraints.values() if text.startswith("PERIOD FOR ")}
    conditions = {n: text for n, text in constraints.items() if n not in foreign and text not in periods}
    options = str(facts.get("options"))
    if "page_checksum" not in str(facts.get("create_options")).lower():
        # Aria prints its default; a table that is given it has it as an option of its own.
        options = _PAGE_CHECKSUM.sub("", options)
    return Table(name, columns, keys, foreign, conditions, periods, options, bool(facts.get("versioned")))


def _position(member: tuple[str, Mapping[str, Value]]) -> tuple[int, str]:
    return int(str(member[1].get("position") or 0)), member[0]


def _name(member: tuple[str, Mapping[str, Value]]) -> tuple[bool, str]:
    return member[0] != "PRIMARY", member[0]


def _foreign_key(name: str, text: str) -> ForeignKey:
    found = _REFERENCE.match(text)
    if found is None:
        return ForeignKey(name, text, (), "", ())
    table = "" if found["database"] else found["table"].replace("``", "`")
    return ForeignKey(name, text, names_in(found["columns"]), table, names_in(found["targets"]))


def names_in(text: str) -> tuple[str, ...]:
    """All names in backticks, where they are no part of a literal."""
    return tuple(part[1:-1].replace("``", "`") for part in _TOKEN.findall(text) if part[0] == "`")


def outside(text: str) -> Iterator[str]:
    """What is neither a name nor a literal."""
    return (part for part in _TOKEN.findall(text) if part[0] not in "'`")


def quoted(name: str) -> str:
    """A name in backticks."""
    return "`" + name.replace("`", "``") + "`"
