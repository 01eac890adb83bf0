"""How MySQL's and MariaDB's tables are filled."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bothways.dialects import plantable as c
from bothways.dialects.asking import rows
from bothways.snapshot import key_name, parts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import sqlalchemy as sa

    from bothways.snapshot import Snapshot

_TEXT_BYTES = {"tinytext": 255, "text": 65_535, "mediumtext": 16_777_215, "longtext": 4_294_967_295}
_BLOB_BYTES = {"tinyblob": 255, "blob": 65_535, "mediumblob": 16_777_215, "longblob": 4_294_967_295}
_SAMPLES: Mapping[str, tuple[str, ...]] = {
    "year": ("1901", "2024", "2155"),
    "inet4": ("127.0.0.1", "255.255.255.255"),
    "inet6": ("::1", "2001:db8::8a2e:370:7334", "::ffff:127.0.0.1"),
    "point": ("POINT(0 0)", "POINT(-1.5 2.25)"),
    "geometry": ("POINT(0 0)", "LINESTRING(0 0,1 1)"),
    "linestring": ("LINESTRING(0 0,1 1)",),
    "polygon": ("POLYGON((0 0,1 1,1 0,0 0))",),
    "multipoint": ("MULTIPOINT(0 0,1 1)",),
    "multilinestring": ("MULTILINESTRING((0 0,1 1))",),
    "multipolygon": ("MULTIPOLYGON(((0 0,1 1,1 0,0 0)))",),
    "geometrycollection": ("GEOMETRYCOLLECTION(POINT(0 0))",),
}
_SPATIAL = frozenset(_SAMPLES) - {"year", "inet4", "inet6"}
_STRING = re.compile(r"'(?:[^'\\]|''|\\.)*'", re.S)
_PLAIN = re.compile(r"^[ !#-&(-\[\]-~]*$")


def column_of(name: str, type_: str, *, collation: str = "", definition: str = "") -> c.PlantableColumn:
    """A column of a type as information_schema prints it."""
    base, sizes, rest = c.sized(re.sub(r"'(?:[^'\\]|''|\\.)*'", "''", type_))
    word = base.split(" ")[0]
    if word in {"enum", "set"}:
        return c.PlantableColumn(name, type_, "choice" if word == "enum" else "set", labels=c.labels(type_))
    size = sizes[0] if sizes else None
    if word in c.INTEGERS:
        if type_ == "tinyint(1)":
            return c.PlantableColumn(name, type_, "integer", low=0, high=1)
        return c.integer(name, type_, c.INTEGERS[word], unsigned="unsigned" in rest)
    if word == "json" or f"json_valid(`{name.replace('`', '``')}`)" in definition:
        return c.PlantableColumn(name, type_, "json")
    if type_ in c.UUID_TYPES:
        return c.PlantableColumn(name, type_, "uuid", length=size)
    if word in {"char", "varchar", *_TEXT_BYTES}:
        length = _TEXT_BYTES[word] // 4 if word in _TEXT_BYTES else size or 1
        return c.PlantableColumn(
            name, type_, "text", length=length, alphabet=_alphabet(collation), folded=not collation.endswith("_bin")
        )
    if word in {"binary", "varbinary", *_BLOB_BYTES}:
        length = _BLOB_BYTES.get(word) or size or 1
        return c.PlantableColumn(name, type_, "binary", length=length, fixed=word == "binary")
    if word in {"decimal", "numeric"}:
        column = c.PlantableColumn(name, type_, "decimal", length=size or 10, scale=sizes[1] if len(sizes) > 1 else 0)
        return replace(column, low=0 if "unsigned" in rest else -1)
    if word in {"float", "double", "real"}:
        return c.PlantableColumn(name, type_, "float", length=4 if word == "float" else 8, fixed="unsigned" in rest)
    return _of_time(name, type_, word, size)


def _of_time(name: str, type_: str, word: str, size: int | None) -> c.PlantableColumn:
    if word in {"datetime", "timestamp"}:
        # A timestamp ends in 2038; ``low`` tells.
        return c.PlantableColumn(name, type_, "datetime", length=size or 0, low=1 if word == "timestamp" else 0)
    if word == "time":
        return c.PlantableColumn(name, type_, "time", length=size or 0)
    if word == "date":
        return c.PlantableColumn(name, type_, "date")
    if word == "bit":
        return c.PlantableColumn(name, type_, "bits", length=size or 1, fixed=True)
    if word == "uuid":
        return c.PlantableColumn(name, type_, "uuid")
    return c.PlantableColumn(name, type_, "samples", labels=_SAMPLES.get(word, ("", "0", "1", "a")))


def _alphabet(collation: str) -> Any:
    charset = collation.partition("_")[0]
    return {"utf8mb4": "all", "utf8mb3": "plane", "utf8": "plane", "ucs2": "plane", "utf16": "all", "": "all"}.get(
        charset, "ascii"
    )


class MySQLColumns:
    """What MySQL knows about filling its tables."""

    postponing = ("set foreign_key_checks = 0",)
    insisting = ("set foreign_key_checks = 1",)
    undone = True

    def tables(self, snapshot: Snapshot, names: Collection[str] | None = None) -> tuple[c.PlantableTable, ...]:
        """All but views and sequences, which are no tables in a snapshot."""
        index = c.index(snapshot)
        return tuple(self._table(index, name) for name in index.wanted(names))

    def _table(self, index: c.Index, name: str) -> c.PlantableTable:
        columns, constraints = index.of("column", name), index.of("constraint", name)
        checks = tuple(_conditions(columns, constraints))
        mine = tuple(_column(n, f, checks) for n, f in columns if _visible(f))
        keys = tuple(_keys(index.of("index", name), mine))
        return c.PlantableTable(name, mine, keys, tuple(_references(constraints)), checks)

    def quoted(self, name: str) -> str:
        """In backticks."""
        return "`" + name.replace("`", "``") + "`"

    def qualified(self, table: str) -> str:
        """In the connection's own database."""
        return self.quoted(*parts_of(table))

    def literal(self, column: c.PlantableColumn, value: Any) -> str:
        """Texts with other than plain characters as their bytes: no mode of the session changes what those mean."""
        if value is None:
            return "null"
        if isinstance(value, bytes):
            return f"x'{value.hex()}'"
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, int | float | Decimal):
            return str(value) if not isinstance(value, float) else repr(value)
        if column.kind == "bits":
            return f"b'{value}'"
        if column.kind == "samples" and column.type in _SPATIAL:
            return f"st_geomfromtext('{value}')"
        return f"'{value}'" if _PLAIN.match(value) else f"_utf8mb4 x'{value.encode().hex()}'"

    def readable(self, column: c.PlantableColumn) -> str:
        """As it comes; bits as their digits."""
        quoted = self.quoted(column.name)
        return f"bin({quoted})" if column.kind == "bits" else f"cast({quoted} as char)" if _as_text(column) else quoted

    def read(self, column: c.PlantableColumn, value: Any) -> Any:
        """As it comes."""
        return value

    def rows(
        self, connection: sa.Connection, table: str, most: int, columns: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """As they come."""
        return rows(connection, self.qualified(table), [self.quoted(c) for c in columns], most)

    def empty_row(self, table: str) -> str:
        """Everything by default."""
        return f"insert into {table} () values ()"

    def dangling(self, connection: sa.Connection, table: str) -> bool:
        """Never: it looks by itself, and rows that were put off are proved by their builder."""
        return False


def _as_text(column: c.PlantableColumn) -> bool:
    return column.kind in {"date", "datetime", "time", "uuid", "choice", "set", "samples", "json"}


def _visible(facts: Mapping[str, Any]) -> bool:
    # The two columns of a system-versioned table's period belong to the server.
    return not re.search(r"GENERATED ALWAYS AS ROW (START|END)", str(facts.get("definition") or ""))


def _column(name: str, facts: Mapping[str, Any], checks: tuple[tuple[str, str], ...]) -> c.PlantableColumn:
    valid = " ".join([str(facts.get("definition") or ""), *(text for _, text in checks)])
    column = column_of(name, str(facts["type"]), collation=str(facts.get("collation") or ""), definition=valid)
    extra = str(facts.get("extra") or "").lower()
    default = facts.get("default")
    return replace(
        column,
        nullable=not facts.get("not_null"),
        automatic="auto_increment" in extra,
        generated=bool(facts.get("generated")),
        renewed="on update" in extra,
        default=None if default in {None, "NULL"} else str(default),
    )


def _keys(indexes: Any, columns: tuple[c.PlantableColumn, ...]) -> Iterator[c.Key]:
    for name, facts in indexes:
        definition = str(facts["definition"])
        if definition.startswith(("PRIMARY KEY", "UNIQUE KEY")):
            start = len("PRIMARY KEY") if definition.startswith("P") else definition.index("` (") + 1
            key = c.key_of(name, c.enclosed(definition, start)[0], columns)
            if key:
                yield key


def _references(constraints: Any) -> Iterator[c.Reference]:
    for name, facts in constraints:
        match = c.FOREIGN.match(str(facts["definition"]))
        if match:
            table = key_name(c.listed(match["table"])[-1])
            yield c.Reference(name, c.listed(match["columns"]), table, c.listed(match["targets"] or ""))


def _conditions(columns: Any, constraints: Any) -> Iterator[tuple[str, str]]:
    for name, facts in constraints:
        if str(facts["definition"]).startswith("CHECK "):
            yield name, c.enclosed(_standard(str(facts["definition"])))[0]
    for name, facts in columns:
        definition = _standard(re.sub(rf" COMMENT {_STRING.pattern}", "", str(facts.get("definition") or "")))
        place = definition.find(" CHECK (")
        if place >= 0:
            yield name, c.enclosed(definition, place)[0]


def _standard(text: str) -> str:
    """The strings of an expression with doubled quotes for backslashes, as everybody writes them."""

    def plain(match: re.Match[str]) -> str:
        inside = re.sub(r"\\(.)", lambda m: "''" if m[1] == "'" else m[1], match.group()[1:-1], flags=re.S)
        return f"'{inside}'"

    return _STRING.sub(plain, text)


PLANTER = MySQLColumns()
