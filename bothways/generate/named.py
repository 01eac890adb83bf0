"""Names that an engine doesn't take, and names that it takes for the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from bothways.dialects.naming import rules_for
from bothways.generate.declared import (
    columns_of,
    constraints_of,
    enum_of,
    indexes_of,
    kind_of,
    name_of,
    relation,
    tables_of,
)
from bothways.generate.mistakes import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from bothways.dialects.naming import NameRules


@dataclass(frozen=True, slots=True)
class Named:
    """Something of the models that has a name on an engine."""

    kind: str
    name: str
    table: sa.Table
    element: Any = None
    schema: str | None = None

    def __str__(self) -> str:
        if self.kind == "table":
            return f"table {relation(self.table)}"
        if self.kind == "type":
            return f"enum {self.name}"
        word = self.kind if self.kind in {"column", "index"} else "constraint"
        return f"{word} {self.name!r} of {relation(self.table)}"


def mistakes(metadata: sa.MetaData, dialect: sa.Dialect) -> Iterator[Found]:
    """Names that the engine refuses, cuts or has for itself."""
    rules = rules_for(dialect.name)
    for table in tables_of(metadata):
        if table.schema and (why := _wrong("schema", table.schema, rules)):
            yield Found(f"the schema {table.schema!r} of table {table.name!r} {why}", "give it another name", table)
        for element in (*constraints_of(table, dialect), *indexes_of(table, dialect)):
            if problem := safe_name(element, dialect)[1]:
                yield Found(f"table {relation(table)}: {problem}", "give it a shorter name", table, element)
    for thing in _all(metadata, dialect):
        if why := _wrong(thing.kind, thing.name, rules):
            yield Found(f"{thing!s:.200} {why}", "give it another name", thing.table, thing.element)


def collisions(metadata: sa.MetaData, dialect: sa.Dialect) -> Iterator[Found]:
    """Things whose names the engine would take for the same."""
    rules = rules_for(dialect.name)
    things = list(_all(metadata, dialect))
    for room in rules.rooms:
        seen: dict[tuple[str | None, str | None, str], list[Named]] = defaultdict(list)
        for thing in things:
            if thing.kind in room.kinds:
                scope = None if room.whole else thing.table.name
                seen[thing.schema, scope, _cut(rules.fold(thing.name), rules)].append(thing)
        for alike in seen.values():
            for other in alike[1:]:
                first = alike[0]
                if (first.kind, other.kind) != ("type", "type"):
                    what = f"{other} has the same name as {first}" if first.name == other.name else (
                        f"{other} and {first} have names that the engine takes for the same"
                    )  # fmt: skip
                    yield Found(what, "give one of them another name", other.table, other.element)


def safe_name(element: Any, dialect: sa.Dialect) -> tuple[str | None, str | None]:
    """The name of a constraint or an index, or else why it has none."""
    try:
        return name_of(element, dialect), None
    except SQLAlchemyError as error:
        return str(element.name), str(error.args[0])


def _all(metadata: sa.MetaData, dialect: sa.Dialect) -> Iterator[Named]:
    for table in tables_of(metadata):
        yield Named("table", table.name, table, None, table.schema)
        for column in columns_of(table):
            yield Named("column", column.name, table, column, table.schema)
            enum = enum_of(column, dialect)
            if enum is not None and enum.native_enum and enum.name:
                yield Named("type", enum.name, table, column, enum.schema or table.schema)
        elements: list[Any] = [*constraints_of(table, dialect), *indexes_of(table, dialect)]
        for element in elements:
            name, problem = safe_name(element, dialect)
            if name is not None and not problem:
                yield Named(kind_of(element), name, table, element, table.schema)


def _cut(name: str, rules: NameRules) -> str:
    if rules.longest is None or not rules.in_bytes:
        return name
    return name.encode("utf-8", "surrogatepass")[: rules.longest].decode("utf-8", "ignore")


def _wrong(kind: str, name: str, rules: NameRules) -> str | None:
    """Why a name can't be one; None where it can."""
    if not name:
        return "has no name"
    if any(ord(c) < 32 or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000 for c in name):
        return f"has a character in its name that can't be written: {name!a}"
    return _too_long(name, rules) or _not_there(kind, name, rules)


def _too_long(name: str, rules: NameRules) -> str | None:
    if rules.longest is None:
        return None
    length = len(name.encode()) if rules.in_bytes else len(name)
    unit = "bytes" if rules.in_bytes else "characters"
    return (
        f"has a name of {length} {unit}, and the engine has room for {rules.longest}"
        if length > rules.longest
        else None
    )


def _not_there(kind: str, name: str, rules: NameRules) -> str | None:
    if kind in rules.no_end_blank and name.endswith(" "):
        return "has a name that ends with a blank"
    if rules.basic_plane and any(ord(c) > 0xFFFF for c in name):
        return f"has a character in its name that the engine doesn't take in names: {name!a}"
    for prefix in (rules.reserved or {}).get(kind, ()):
        if name.lower().startswith(prefix):
            return f"has a name that begins with {prefix}, which the engine keeps for itself"
    if name.lower() in (rules.taken or {}).get(kind, ()):
        return "has a name that the engine keeps for itself"
    return None
