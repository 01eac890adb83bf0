"""How SQLite's tables are filled. Types are only leanings, so their words say what a column is for."""

from __future__ import annotations

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

_WORDS: tuple[tuple[str, c.Kind], ...] = (
    ("bool", "boolean"), ("datetime", "datetime"), ("timestamp", "datetime"), ("date", "date"), ("time", "time"),
    ("json", "json"), ("uuid", "uuid"), ("int", "integer"), ("char", "text"), ("clob", "text"), ("text", "text"),
    ("blob", "binary"), ("binary", "binary"), ("real", "float"), ("floa", "float"), ("doub", "float"),
    ("decimal", "decimal"), ("numeric", "decimal"),
)  # fmt: skip


def column_of(name: str, type_: str, *, strict: bool = False) -> c.PlantableColumn:
    """A column by the words of its declared type."""
    word, sizes, _ = c.sized(type_.lower())
    size = sizes[0] if sizes else None
    kind: c.Kind = next((k for w, k in _WORDS if w in word), "text")
    if type_.lower() in c.UUID_TYPES:
        return c.PlantableColumn(name, type_, "uuid", length=size)
    if kind in {"integer", "boolean"}:
        narrow = next((b for w, b in c.INTEGERS.items() if word == w), 64)
        column = c.integer(name, type_, 64 if strict or word in {"integer", "int"} else narrow)
        return column if kind == "integer" else replace(column, low=0, high=1)
    if kind == "decimal":
        return c.PlantableColumn(name, type_, kind, length=size or 15, scale=sizes[1] if len(sizes) > 1 else 0)
    if kind == "float":
        return c.PlantableColumn(name, type_, kind, length=8)
    return c.PlantableColumn(name, type_, kind, length=6 if kind in {"datetime", "time"} else size)


class SQLiteColumns:
    """What SQLite knows about filling its tables."""

    postponing = ("pragma defer_foreign_keys = on",)
    insisting = ("pragma defer_foreign_keys = off",)
    undone = True

    def tables(self, snapshot: Snapshot, names: Collection[str] | None = None) -> tuple[c.PlantableTable, ...]:
        """All but virtual tables and the shadow tables in which those keep their content."""
        index = c.index(snapshot)
        virtual = tuple(f"{n}_" for n, f in index.tables.items() if f.get("definition"))
        lowered = {n.lower(): n for n in index.tables}
        return tuple(
            _table(index, name, lowered)
            for name in index.wanted(names)
            if not index.tables[name].get("definition") and not name.startswith(virtual)
        )

    def quoted(self, name: str) -> str:
        """In double quotes."""
        return '"' + name.replace('"', '""') + '"'

    def qualified(self, table: str) -> str:
        """In the main database."""
        return self.quoted(*parts_of(table))

    def literal(self, column: c.PlantableColumn, value: Any) -> str:
        """Numbers bare, texts quoted, bytes in hexadecimal."""
        if value is None:
            return "null"
        if isinstance(value, bytes):
            return f"x'{value.hex()}'"
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, int | Decimal):
            # The text of the smallest number has a sign, without which the rest would be too large.
            return str(value) if value != -(2**63) else "(-9223372036854775807 - 1)"
        if isinstance(value, float):
            return repr(value)
        return "'" + str(value).replace("'", "''") + "'"

    def readable(self, column: c.PlantableColumn) -> str:
        """As it comes."""
        return self.quoted(column.name)

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
        return f"insert into {table} default values"

    def dangling(self, connection: sa.Connection, table: str) -> bool:
        """Foreign keys are not looked at in a migration's session, so it is asked."""
        return bool(connection.exec_driver_sql(f"pragma foreign_key_check({self.qualified(table)})").first())


def _table(index: c.Index, name: str, lowered: Mapping[str, str]) -> c.PlantableTable:
    own, constraints = index.of("column", name), index.of("constraint", name)
    columns = tuple(_columns(own, constraints, index.tables[name]))
    primary = _primary(own)
    keys = tuple(_keys(primary, own, constraints, index.of("index", name), columns))
    references = tuple(_cased(r, index, name) for r in _references(own, constraints, lowered))
    return c.PlantableTable(name, columns, keys, references, tuple(_conditions(own, constraints)))


def _primary(own: Any) -> tuple[str, ...]:
    return tuple(n for _, n in sorted((int(f["key"]), n) for n, f in own if f.get("key")))


def _cased(reference: c.Reference, index: c.Index, table: str) -> c.Reference:
    """The names in a snapshot's definitions are in small letters; the columns' own are as they were written.

    Without targets the other table's primary key is meant.
    """

    def own(names: tuple[str, ...], of: str) -> tuple[str, ...]:
        known = {n.lower(): n for n, _ in index.of("column", of)}
        return tuple(known.get(n.lower(), n) for n in names)

    targets = own(reference.targets, reference.table) or _primary(index.of("column", reference.table))
    return replace(reference, columns=own(reference.columns, table), targets=targets)


def _columns(own: Any, constraints: Any, facts: Mapping[str, Any]) -> Iterator[c.PlantableColumn]:
    keys = [n for n, f in own if f.get("key")]
    folded = [n for n, f in own if "collate nocase" in str(f.get("definition") or "")]
    valid = " ".join(str(f.get("definition") or "") for _, f in [*own, *constraints])
    for name, f in own:
        column = column_of(name, str(f["type"] or ""), strict=bool(facts.get("strict")))
        rowid = keys == [name] and str(f["type"]).lower() == "integer" and not facts.get("without_rowid")
        json = f"json_valid ( {name.lower()} )" in valid
        yield replace(
            column,
            kind="json" if json else column.kind,
            # A key without NOT NULL takes NULL here, a mistake of SQLite's that nobody wants.
            nullable=not f.get("not_null") and not f.get("key"),
            automatic=rowid,
            generated=bool(f.get("generated")),
            folded=name in folded,
            default=None if f.get("default") is None else str(f["default"]),
        )


def _keys(
    primary: tuple[str, ...], own: Any, constraints: Any, indexes: Any, columns: tuple[c.PlantableColumn, ...]
) -> Iterator[c.Key]:
    if primary:
        yield c.Key("primary key", primary, folded=any(x.folded for x in columns if x.name in primary))
    texts = [(n, str(f["definition"])) for n, f in constraints if str(f["definition"]).startswith("unique")]
    for name, facts in indexes:
        definition = str(facts.get("definition") or "")
        if definition.startswith("create unique index"):
            texts.append((name, definition[definition.index(" on ") :]))
    for name, text in texts:
        key = c.key_of(name, c.enclosed(text)[0], columns, any_case=True)
        if key:
            yield key
    for name, facts in own:
        words = _outside(str(facts.get("definition") or ""))
        if "unique" in words:
            yield c.Key(name, (name,), folded=any(x.folded for x in columns if x.name == name))


def _outside(definition: str) -> list[str]:
    """The words of a column's definition that are not in parentheses."""
    depth = 0
    words: list[str] = []
    for word in definition.split(" "):
        depth += (word == "(") - (word == ")")
        if depth == 0:
            words.append(word)
    return words


def _references(own: Any, constraints: Any, names: Mapping[str, str]) -> Iterator[c.Reference]:
    texts = [(n, str(f["definition"])) for n, f in constraints]
    for name, facts in own:
        definition = str(facts.get("definition") or "")
        if "references" in _outside(definition):
            quoted = '"' + name.replace('"', '""') + '"'
            texts.append((name, f"foreign key ( {quoted} ) " + definition[definition.index("references ") :]))
    for name, text in texts:
        match = c.FOREIGN.match(text)
        if match:
            table = key_name(c.listed(match["table"])[-1])
            targets = c.listed(match["targets"] or "")
            yield c.Reference(name, c.listed(match["columns"]), names.get(table.lower(), table), targets)


def _conditions(own: Any, constraints: Any) -> Iterator[tuple[str, str]]:
    for name, facts in [*constraints, *own]:
        definition = str(facts.get("definition") or "")
        place = 0
        while (place := f" {definition}".find(" check (", place)) >= 0:
            inside, _ = c.enclosed(definition, place)
            yield name, inside
            place += 1


PLANTER = SQLiteColumns()
