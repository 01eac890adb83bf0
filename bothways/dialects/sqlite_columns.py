"""How SQLite's tables are filled. Types are only leanings, so their words say what a column is for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bothways.dialects import plantable as c

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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

    def tables(self, snapshot: Snapshot) -> tuple[c.PlantableTable, ...]:
        """All but virtual tables and the shadow tables in which those keep their content."""
        columns, constraints, indexes = (c.members(snapshot, k) for k in ("column", "constraint", "index"))
        facts = {n: snapshot.objects[f"table:{n}"] for n in snapshot.names("table")}
        virtual = tuple(n for n, f in facts.items() if f.get("definition"))
        names = {n.lower(): n for n in facts}
        found: list[c.PlantableTable] = []
        primary: dict[str, tuple[str, ...]] = {}
        for name, flags in facts.items():
            if name in virtual or name.startswith(tuple(f"{v}_" for v in virtual)):
                continue
            own = columns.get(name, [])
            mine = tuple(_columns(own, constraints.get(name, []), flags))
            keyed = sorted((int(f["key"]), n) for n, f in own if f.get("key"))
            primary[name] = tuple(n for _, n in keyed)
            table = c.PlantableTable(
                name, mine,
                keys=tuple(_keys(primary[name], own, constraints.get(name, []), indexes.get(name, []), mine)),
                references=tuple(_references(own, constraints.get(name, []), names)),
                conditions=tuple(_conditions(own, constraints.get(name, []))),
            )  # fmt: skip
            found.append(table)
        return tuple(_cased(t, {x.name: x for x in found}) for t in c.with_targets(found, primary))

    def quoted(self, name: str) -> str:
        """In double quotes."""
        return '"' + name.replace('"', '""') + '"'

    def qualified(self, table: str) -> str:
        """In the main database."""
        return self.quoted(table)

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

    def empty_row(self, table: str) -> str:
        """Everything by default."""
        return f"insert into {table} default values"

    def dangling(self, connection: sa.Connection, table: str) -> bool:
        """Foreign keys are not looked at in a migration's session, so it is asked."""
        return bool(connection.exec_driver_sql(f"pragma foreign_key_check({self.quoted(table)})").first())


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
            table = c.listed(match["table"])[-1]
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


def _cased(table: c.PlantableTable, tables: Mapping[str, c.PlantableTable]) -> c.PlantableTable:
    """The names in a snapshot's definitions are in small letters; the columns' own are as they were written."""

    def own(names: tuple[str, ...], of: c.PlantableTable | None) -> tuple[str, ...]:
        known = {x.name.lower(): x.name for x in of.columns} if of else {}
        return tuple(known.get(n.lower(), n) for n in names)

    references = tuple(
        replace(r, columns=own(r.columns, table), targets=own(r.targets, tables.get(r.table))) for r in table.references
    )
    return replace(table, references=references)


PLANTER = SQLiteColumns()
