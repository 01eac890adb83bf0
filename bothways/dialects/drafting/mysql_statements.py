"""CREATE TABLE and ALTER TABLE for MySQL and MariaDB, made of the lines that SHOW CREATE TABLE prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy.dialects.mysql.reserved_words import RESERVED_WORDS_MARIADB, RESERVED_WORDS_MYSQL

from bothways.code import SQL, sql
from bothways.dialects.drafting.mysql_tables import names_in, quoted
from bothways.dialects.drafting.mysql_types import incompatible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from bothways.code import Code
    from bothways.dialects.drafting.mysql_tables import Column, ForeignKey, Table

_PART = re.compile(r"'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)+`\(?|[^'`]+", re.S)
_SIMPLE = re.compile(r"[a-z][a-z0-9_]*")
# Words that are no name in some place, though the servers don't reserve them everywhere.
_WORDS = frozenset(
    {"after", "body", "end", "escape", "first", "invisible", "period", "row", "rows", "system", "without"}
)
_RESERVED = frozenset(RESERVED_WORDS_MARIADB) | frozenset(RESERVED_WORDS_MYSQL) | _WORDS
_UNSET = {"COMMENT": "''", "ROW_FORMAT": "DEFAULT", "PACK_KEYS": "DEFAULT", "PAGE_CHECKSUM": "DEFAULT"}
_UNUSED = re.compile(r" (?:/\*!\d+ )?(IGNORED|INVISIBLE)(?: \*/)?$")
_USABILITY = {
    ("", "IGNORED"): "IGNORED",
    ("IGNORED", ""): "NOT IGNORED",
    ("", "INVISIBLE"): "INVISIBLE",
    ("INVISIBLE", ""): "VISIBLE",
}
_ESCAPES = str.maketrans({"'": "''", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\0": "\\0"})
_WIDTH = 100
_STATISTICS = re.compile(r"STATS_\w+")


def plain(text: str) -> str:
    """The same SQL without the backticks that it does not need."""
    return "".join(_unquoted(part) if part[0] == "`" else part for part in _PART.findall(text))


def name_of(name: str) -> str:
    """A name as it is written in SQL."""
    return plain(quoted(name))


def _unquoted(part: str) -> str:
    # A name right before a parenthesis could be taken for a function's.
    name = part[1:-1]
    return name if part[-1] == "`" and _SIMPLE.fullmatch(name) and name not in _RESERVED else part


def create_table(table: Table, foreign: Sequence[ForeignKey]) -> SQL:
    """The whole table, with these of its foreign keys."""
    lines = [
        *(column.line for column in table.columns.values()),
        *table.periods,
        *table.keys.values(),
        *(f"CONSTRAINT {quoted(key.name)} {key.text}" for key in foreign),
        *(f"CONSTRAINT {quoted(name)} {text}" for name, text in table.conditions.items()),
    ]
    return create_lines(f"CREATE TABLE {name_of(table.name)}", map(plain, lines), table.written)


def create_lines(head: str, lines: Iterable[str], options: str) -> SQL:
    """A table of these lines."""
    body = _separated([f"    {line}" for line in lines])
    return statement(f"{head} (", *body, f") {options}")


def alter_table(table: str, clauses: Sequence[str]) -> tuple[SQL, ...]:
    """One statement with all clauses; none without any."""
    if not clauses:
        return ()
    if len(clauses) == 1:
        return (statement(f"ALTER TABLE {name_of(table)} {clauses[0]}"),)
    return (statement(f"ALTER TABLE {name_of(table)}", *_separated([f"    {clause}" for clause in clauses])),)


def statement(*lines: str) -> SQL:
    """A statement of these lines, in one piece where a line break belongs to a literal."""
    text = "\n".join(lines)
    parts = _PART.findall(text)
    if any("\n" in part for part in parts if part[0] in "'`"):
        return sql(text)
    return sql(*(line.rstrip() for line in text.split("\n")))


def _separated(lines: list[str]) -> list[str]:
    return [*(f"{line}," for line in lines[:-1]), *lines[-1:]]


def clauses(old: Table, new: Table) -> list[str]:
    """What makes one table of the other, but for foreign keys: first what goes, then columns, then what comes."""
    replaced = {
        name for name in old.columns.keys() & new.columns.keys() if _replaced(old.columns[name], new.columns[name])
    }
    gone = old.columns.keys() - new.columns.keys() | replaced
    keys = _renewed(old.keys, new.keys, replaced)
    toggled = {n: use for n in keys if not replaced and (use := _usability(old.keys[n], new.keys[n]))}
    keys -= toggled.keys()
    conditions = _renewed(old.conditions, new.conditions, replaced)
    return [
        *(["DROP SYSTEM VERSIONING"] if old.versioned and not new.versioned else []),
        *(f"DROP PERIOD FOR {_period(line)}" for line in old.periods if line not in new.periods),
        *(f"DROP CONSTRAINT {name_of(n)}" for n in old.conditions if n not in new.conditions or n in conditions),
        *(_drop_key(name) for name in old.keys if name not in new.keys or name in keys),
        *(f"DROP COLUMN {name_of(name)}" for name in old.columns if name in gone),
        *_columns(old, new, gone),
        *(f"ADD {plain(line)}" for line in new.periods if line not in old.periods),
        *(f"ADD {plain(line)}" for name, line in new.keys.items() if name not in old.keys or name in keys),
        *(f"ALTER INDEX {name_of(name)} {use}" for name, use in sorted(toggled.items())),
        *(
            f"ADD CONSTRAINT {name_of(name)} {plain(text)}"
            for name, text in new.conditions.items()
            if name not in old.conditions or name in conditions
        ),
        *(["ADD SYSTEM VERSIONING"] if new.versioned and not old.versioned else []),
        *_options(old, new),
    ]  # fmt: skip


def _replaced(old: Column, new: Column) -> bool:
    """Whether MODIFY is refused: only one of them has its values in the table's rows, or none becomes the other."""
    virtual = old.generated != new.generated and "VIRTUAL" in {old.generated, new.generated}
    return virtual or incompatible(old.type, new.type)


def _renewed(old: Mapping[str, str], new: Mapping[str, str], replaced: set[str]) -> set[str]:
    return {
        name
        for name in old.keys() & new.keys()
        if old[name] != new[name] or not replaced.isdisjoint(names_in(new[name]))
    }


def _usability(old: str, new: str) -> str:
    """What the key is to be, where the optimizer's use of it is all that changes.

    The server takes dropping and adding such a key for no change at all.
    """
    hidden, shown = (re.sub(_UNUSED, "", line) for line in (old, new))
    if old == new or hidden != shown:
        return ""
    return _USABILITY[_unused(old), _unused(new)]


def _unused(line: str) -> str:
    found = _UNUSED.search(line)
    return found.group(1) if found else ""


def _drop_key(name: str) -> str:
    return "DROP PRIMARY KEY" if name == "PRIMARY" else f"DROP INDEX {name_of(name)}"


def _period(line: str) -> str:
    return plain(line.removeprefix("PERIOD FOR ").partition(" (")[0])


def _columns(old: Table, new: Table, gone: Collection[str]) -> Iterator[str]:
    kept = [name for name in new.columns if name in old.columns and name not in gone]
    last = kept[-1] if kept else None
    before, open_end = "FIRST", last is None
    for name, column in new.columns.items():
        if name in kept:
            if column.same != old.columns[name].same:
                yield f"MODIFY COLUMN {plain(column.line)}"
        else:
            yield f"ADD COLUMN {plain(column.line)}" + ("" if open_end else f" {before}")
        before = f"AFTER {name_of(name)}"
        open_end = open_end or name == last


def _options(old: Table, new: Table) -> Iterator[str]:
    was, now = old.settings, new.settings
    changed = [name for name in now if was.get(name) != now[name]]
    if {"DEFAULT CHARSET", "COLLATE"} & {*changed, *(was.keys() - now.keys())}:
        # A character set alone would bring its own collation.
        changed = [n for n in now if n in changed or n in {"DEFAULT CHARSET", "COLLATE"}]
    pairs = [f"{name}={now[name]}" for name in changed]
    pairs += [f"{name}={_unset(name)}" for name in was if name not in now and name != "COLLATE"]
    if pairs:
        yield " ".join(pairs)
    if old.partitions != new.partitions:
        yield new.partitions or "REMOVE PARTITIONING"


def _unset(name: str) -> str:
    if name in _UNSET:
        return _UNSET[name]
    return "DEFAULT" if _STATISTICS.fullmatch(name) or name.startswith("`") else "0"


def drop_foreign_keys(table: str, names: Sequence[str]) -> tuple[SQL, ...]:
    """Drop them in one statement."""
    return alter_table(table, [f"DROP FOREIGN KEY {name_of(name)}" for name in names])


def add_foreign_keys(table: Table, keys: Sequence[ForeignKey]) -> tuple[SQL, ...]:
    """Add them in one statement."""
    indexes = sorted({name for key in keys for name in _implicit(table, key)})
    renewed = [c for name in indexes for c in (_drop_key(name), f"ADD {plain(table.keys[name])}")]
    return alter_table(
        table.name, [*renewed, *(f"ADD CONSTRAINT {name_of(key.name)} {plain(key.text)}" for key in keys)]
    )


def _implicit(table: Table, key: ForeignKey) -> list[str]:
    """Indexes that a server may have made for the key: unless it is told of them, another name takes their place."""
    line = f" ({','.join(map(quoted, key.columns))})"
    alike = [n for n, text in table.keys.items() if text == f"KEY {quoted(n)}{line}" and n != key.name]
    return [n for n in alike if re.fullmatch(rf"{re.escape(key.columns[0])}(_\d+)?", n)]


def literal(text: str) -> str:
    """A text as SHOW CREATE prints it."""
    return "'" + text.translate(_ESCAPES) + "'"


def update(table: Table, values: Mapping[str, str], condition: str = "", join: str = "") -> SQL:
    """Give columns values; what changes whenever its row changes stays as it is."""
    where = f"{name_of(table.name)}." if join else ""
    kept = [c.name for c in table.columns.values() if c.renewed and c.name not in values]
    pairs = [f"{where}{name_of(n)} = {v}" for n, v in values.items()]
    pairs += [f"{where}{name_of(n)} = {where}{name_of(n)}" for n in kept]
    lines = [
        f"UPDATE {name_of(table.name)}{join}",
        f"SET {', '.join(pairs)}",
        *([f"WHERE {condition}"] if condition else []),
    ]
    return statement(*(lines if len(" ".join(lines)) > _WIDTH else [" ".join(lines)]))


def with_history(table: Table, codes: Sequence[Code]) -> tuple[Code, ...]:
    """Changes of a table that keep the history of its rows, where it has one."""
    if not table.versioned or not codes:
        return tuple(codes)
    setting = "SET system_versioning_alter_history"
    return (sql(f"{setting} = KEEP"), *codes, sql(f"{setting} = DEFAULT"))
