"""How PostgreSQL's tables are filled. Values are written as texts, which the server reads as the column's type."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bothways.dialects import plantable as c
from bothways.dialects import postgresql_names as names
from bothways.snapshot import key_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import sqlalchemy as sa

    from bothways.snapshot import Snapshot

_SAMPLES: Mapping[str, tuple[str, ...]] = {
    "inet": ("127.0.0.1", "203.0.113.77", "2001:db8::8a2e:370:7334", "::1", "255.255.255.255", "10.0.0.0/8"),
    "cidr": ("10.0.0.0/8", "2001:db8::/32", "192.168.1.1/32"),
    "macaddr": ("08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"),
    "macaddr8": ("08:00:2b:01:02:03:04:05", "ff:ff:ff:ff:ff:ff:ff:ff"),
    "money": ("0", "0.01", "-92233720368547758.08", "92233720368547758.07"),
    "xml": ("<a/>", "<a b='c'>it &amp; that 👩‍💻</a>"),
    "tsvector": ("", "'fat':2 'rat':3"),
    "tsquery": ("'fat' & 'rat'",),
    "point": ("(0,0)", "(-1.5,2.25)"),
    "line": ("{1,2,3}",),
    "lseg": ("[(0,0),(1,1)]",),
    "box": ("(1,1),(0,0)",),
    "path": ("((0,0),(1,1),(2,0))",),
    "polygon": ("((0,0),(1,1),(2,0))",),
    "circle": ("<(0,0),1>",),
    "oid": ("0", "1", "4294967295"),
    "xid": ("0", "1"),
    "pg_lsn": ("0/0", "16/B374D848"),
    "jsonpath": ("$.a[*]",),
    "name": ("a", "name"),
    '"char"': ("a", "b"),
    "regclass": ("pg_catalog.pg_class",),
    "hstore": ("", '"a"=>"1", "b"=>NULL'),
    "ltree": ("a", "a.b.c"),
}
_RANGED: Mapping[str, tuple[str, ...]] = {
    "integer": ("[1,5)", "[10,20)", "[30,)", "(,0)"),
    "bigint": ("[1,5)", "[10,9223372036854775807)", "(,0)"),
    "numeric": ("[1.5,2.5)", "(10,20]", "[30,)"),
    "date": ("[2024-02-29,2024-03-01)", "[2025-01-01,2025-02-01)", "[2026-01-01,)"),
    "timestamp without time zone": ('["2024-02-29 10:00:00","2024-02-29 12:00:00.000001")', '["2025-01-01",)'),
    "timestamp with time zone": ('["2024-02-29 10:00:00+00","2024-02-29 12:00:00.000001+00")', '["2025-01-01+00",)'),
}
_BUILT_IN_RANGES: Mapping[str, str] = {
    "int4range": "integer", "int8range": "bigint", "numrange": "numeric", "daterange": "date",
    "tsrange": "timestamp without time zone", "tstzrange": "timestamp with time zone",
}  # fmt: skip
_GUESSES = ("", "0", "{}", "1", "a", "[1]")
_DEEPEST_TYPE = 8


def column_of(name: str, type_: str, types: Mapping[str, Mapping[str, Any]], depth: int = 0) -> c.PlantableColumn:
    """A column of a type as ``format_type`` prints it."""
    if type_.endswith("[]"):
        item = column_of(name, type_[:-2], types, depth + 1)
        return c.PlantableColumn(name, type_, "array", item=item)
    own = types.get(_key(type_))
    if own is not None and depth < _DEEPEST_TYPE:
        return replace(_own_type(name, type_, own, types, depth), type=type_)
    base, sizes, _ = c.sized(type_)
    return _built_in(name, type_, base.rpartition(".")[2], sizes)


def _own_type(
    name: str, type_: str, own: Mapping[str, Any], types: Mapping[str, Mapping[str, Any]], depth: int
) -> c.PlantableColumn:
    if own.get("labels"):
        return c.PlantableColumn(name, type_, "choice", labels=tuple(own["labels"]))
    if own.get("base"):
        domain = column_of(name, str(own["base"]), types, depth + 1)
        return replace(domain, nullable=not own.get("not_null"))
    if own.get("subtype"):
        base, _, _ = c.sized(str(own["subtype"]))
        return c.PlantableColumn(name, type_, "samples", labels=(*_RANGED.get(base, ()), "empty"))
    if own.get("attributes"):
        return c.PlantableColumn(name, type_, "samples", labels=("(" + "," * (len(own["attributes"]) - 1) + ")",))
    return c.PlantableColumn(name, type_, "samples", labels=_GUESSES)


def _built_in(name: str, type_: str, base: str, sizes: tuple[int, ...]) -> c.PlantableColumn:
    size = sizes[0] if sizes else None
    if base in c.INTEGERS:
        return c.integer(name, type_, c.INTEGERS[base])
    if base in {"character varying", "text", "citext"}:
        return c.PlantableColumn(name, type_, "text", length=size, folded=base == "citext")
    if base == "character":
        return c.PlantableColumn(name, type_, "text", length=size or 1, fixed=True)
    if base == "numeric":
        return c.PlantableColumn(name, type_, "decimal", length=size, scale=sizes[1] if len(sizes) > 1 else 0)
    if base in {"real", "double precision"}:
        return c.PlantableColumn(name, type_, "float", length=4 if base == "real" else 8, labels=("NaN",))
    if base.startswith(("timestamp", "time")):
        kind: c.Kind = "datetime" if base.startswith("timestamp") else "time"
        return c.PlantableColumn(
            name, type_, kind, length=6 if size is None else size, zoned=base.endswith("with time zone"),
            labels=("infinity",) if kind == "datetime" else (),
        )  # fmt: skip
    if base in {"bit", "bit varying"}:
        return c.PlantableColumn(name, type_, "bits", length=size or (1 if base == "bit" else 64), fixed=base == "bit")
    plain: dict[str, c.Kind] = {
        "boolean": "boolean", "date": "date", "bytea": "binary", "uuid": "uuid", "json": "json", "jsonb": "json",
    }  # fmt: skip
    if base in plain:
        return c.PlantableColumn(name, type_, plain[base], labels=("infinity",) if base == "date" else ())
    if base.startswith("interval"):
        return c.PlantableColumn(name, type_, "interval")
    ranges = (*_RANGED[_BUILT_IN_RANGES[base]], "empty") if base in _BUILT_IN_RANGES else ()
    texts = _SAMPLES.get(base) or ranges or _GUESSES
    return c.PlantableColumn(name, type_, "samples", labels=texts)


def _key(type_: str) -> str:
    """The snapshot's name of a type or table: without quotes, and without the schema ``public``."""
    parts = c.listed(type_.partition("(")[0])
    return key_name(*(parts[1:] if parts[:1] == ("public",) and len(parts) > 1 else parts))


class PostgreSQLColumns:
    """What PostgreSQL knows about filling its tables."""

    postponing = ("set constraints all deferred",)
    insisting = ("set constraints all immediate",)
    undone = False

    def tables(self, snapshot: Snapshot, names: Collection[str] | None = None) -> tuple[c.PlantableTable, ...]:
        """Ordinary tables and partitions; a partitioned table gets its rows through them."""
        index = c.index(snapshot)
        return tuple(_table(index, n) for n in index.wanted(names) if index.tables[n].get("kind") == "r")

    def quoted(self, name: str) -> str:
        """In double quotes."""
        return names.quoted(name)

    def qualified(self, table: str) -> str:
        """With its schema."""
        return names.qualified(table)

    def literal(self, column: c.PlantableColumn, value: Any) -> str:
        """As a text of unknown type, which becomes the column's."""
        if value is None:
            return "null"
        if isinstance(value, bytes):
            return f"'\\x{value.hex()}'"
        if isinstance(value, bool):
            return "'t'" if value else "'f'"
        return "'" + str(value).replace("'", "''") + "'"

    def readable(self, column: c.PlantableColumn) -> str:
        """As text."""
        return f"{self.quoted(column.name)}::text"

    def read(self, column: c.PlantableColumn, value: Any) -> Any:
        """Numbers become numbers again, bytes bytes."""
        if value is None:
            return None
        if column.kind == "integer":
            return int(value)
        if column.kind == "decimal":
            return Decimal(value)
        return value == "true" if column.kind == "boolean" else value

    def rows(
        self, connection: sa.Connection, table: str, most: int, columns: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """By JSON: Python has no moment after the year 9999, none at infinity and no 24:00."""
        statement = f"select to_json(t)::text from {self.qualified(table)} t limit {most}"
        found = connection.exec_driver_sql(statement, execution_options={"no_parameters": True}).scalars()
        return [json.loads(row, parse_float=Decimal) for row in found]

    def empty_row(self, table: str) -> str:
        """Everything by default."""
        return f"insert into {table} default values"

    def dangling(self, connection: sa.Connection, table: str) -> bool:
        """Never: it looks by itself."""
        return False


def _table(index: c.Index, name: str) -> c.PlantableTable:
    own, constraints = index.of("column", name), index.of("constraint", name)
    columns = tuple(_column(n, f, index.types) for n, f in own)
    parent = _parent(index, name)
    return c.PlantableTable(
        name, columns,
        keys=tuple(_keys(constraints, index.of("index", name), columns)),
        references=tuple(_references(constraints, index)),
        conditions=(
            *_conditions(constraints), *_of_domains(own, index.types),
            *_of_partition(index.tables[name], index.tables.get(parent or "", {})),
        ),
        parent=parent,
    )  # fmt: skip


def _column(name: str, facts: Mapping[str, Any], types: Mapping[str, Mapping[str, Any]]) -> c.PlantableColumn:
    column = column_of(name, str(facts["type"]), types)
    default = facts.get("default")
    numbered = facts.get("identity") == "d" or str(default or "").startswith("nextval(")
    return replace(
        column,
        nullable=column.nullable and not facts.get("not_null"),
        automatic=numbered,
        generated=bool(facts.get("generated")) or facts.get("identity") == "a",
        default=None if facts.get("generated") or default is None else str(default),
    )


def _keys(constraints: Any, indexes: Any, columns: tuple[c.PlantableColumn, ...]) -> Iterator[c.Key]:
    for name, facts in constraints:
        definition = str(facts["definition"])
        if facts.get("kind") == "x":
            key = c.key_of(name, re.sub(r" WITH \S+", "", c.enclosed(definition)[0]), columns)
            if key:
                yield key
    for name, facts in indexes:
        if not facts.get("unique"):
            continue
        inside, after = c.enclosed(str(facts["definition"]), str(facts["definition"]).index(" USING "))
        key = c.key_of("primary key" if facts.get("primary") else name, inside, columns)
        if key:
            yield replace(key, nulls_equal="NULLS NOT DISTINCT" in after)


def _references(constraints: Any, index: c.Index) -> Iterator[c.Reference]:
    found: list[c.Reference] = []
    for name, facts in constraints:
        match = c.FOREIGN.match(str(facts["definition"])) if facts.get("kind") == "f" else None
        if match:
            targets = c.listed(match["targets"] or "")
            found.append(c.Reference(name, c.listed(match["columns"]), _key(match["table"]), targets))
    for reference in found:
        # The server keeps a copy of the key for each partition of the other table; only the first counts.
        parent = _parent(index, reference.table)
        if parent is None or not any(r.table == parent and r.columns == reference.columns for r in found):
            yield reference


def _conditions(constraints: Any) -> Iterator[tuple[str, str]]:
    for name, facts in constraints:
        if facts.get("kind") == "c":
            yield name, c.enclosed(str(facts["definition"]))[0]


def _of_domains(columns: Any, types: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for name, facts in columns:
        type_ = str(facts["type"])
        while (domain := types.get(_key(type_))) is not None and domain.get("base"):
            for check in domain.get("checks") or ():
                quoted = '"' + name.replace('"', '""') + '"'
                expression = c.enclosed(check, check.index(" CHECK "))[0]
                yield check.partition(" CHECK ")[0], quoted.join(re.split(r"\bVALUE\b", expression))
            type_ = str(domain["base"])


def _of_partition(facts: Mapping[str, Any], parent: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The bounds of a partition by one column, as a condition."""
    by, _, inside = str(parent.get("partition_key") or "").partition(" ")
    bound = str(facts.get("partition_bound") or "")
    column = inside.strip()[1:-1]
    if by == "LIST" and bound.startswith("FOR VALUES IN"):
        yield "the partition's bound", f"{column} in ({c.enclosed(bound)[0]})"
    elif by == "RANGE" and bound.startswith("FOR VALUES FROM") and "," not in column:
        low, after = c.enclosed(bound)
        high, _ = c.enclosed(after)
        if low != "MINVALUE":
            yield "the partition's bound", f"{column} >= {low}"
        if high != "MAXVALUE":
            yield "the partition's bound", f"{column} < {high}"


def _parent(index: c.Index, table: str) -> str | None:
    facts = index.tables.get(table, {})
    parents = facts.get("parents")
    return _key(parents[0]) if facts.get("partition_bound") and isinstance(parents, tuple) else None


PLANTER = PostgreSQLColumns()
