"""Everything that a MySQL or MariaDB database is: the union of SHOW CREATE and information_schema.

Neither is complete alone (measured on MariaDB 10.11): SHOW CREATE lacks triggers, routines, events and the database's
collation; information_schema lacks USING HASH and a sequence's parameters. SHOW CREATE prints one column, key or
constraint a line, so its lines are compared one by one.
"""

from __future__ import annotations

import re
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from bothways.dialects.asking import ask
from bothways.dialects.columns import columns_of
from bothways.snapshot import key_name, key_part, parts_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import sqlalchemy as sa

    from bothways.snapshot import Objects, Tier, Value

TIERS: Mapping[tuple[str, str], Tier] = {
    ("column", "position"): "order",
    ("index", "position"): "order",
    ("constraint", "position"): "order",
    ("table", "row_format"): "physical",
    ("view", "definer"): "ownership",
    ("trigger", "definer"): "ownership",
    **{(kind, "definer"): "ownership" for kind in ("function", "procedure", "package", "package_body")},
    ("event", "definer"): "ownership",
    ("privileges", "*"): "ownership",
    ("rows", "*"): "data",
}

_AUTO_INCREMENT = re.compile(r" AUTO_INCREMENT=\d+")
_DEFINER = re.compile(r" DEFINER=(`(?:[^`]|``)*`@`(?:[^`]|``)*`)")
_INDEX_LINE = re.compile(r"^(?:(?:UNIQUE|FULLTEXT|SPATIAL|VECTOR) )?KEY `((?:[^`]|``)+)`|^PRIMARY KEY")
_CONSTRAINT_LINE = re.compile(r"^CONSTRAINT `((?:[^`]|``)+)` (.*)$", re.S)
_DATABASE_COMMENT = re.compile(r"COMMENT '((?:[^']|'')*)'")
_FLOAT = re.compile(r"^float")
_PERIOD_LINE = re.compile(r"^PERIOD FOR ")

_COLUMNS = """
    select table_name, column_name, ordinal_position, column_type, is_nullable, column_default, extra, collation_name,
           column_comment, generation_expression
    from information_schema.columns where table_schema = database(){} order by table_name, ordinal_position"""
_TABLES = """
    select table_name, table_type, engine, table_collation, table_comment, create_options, row_format, auto_increment
    from information_schema.tables where table_schema = database(){} order by table_name"""
_TRIGGERS = """
    select trigger_name, event_object_table, action_timing, event_manipulation, action_statement, action_order, definer,
           sql_mode from information_schema.triggers where trigger_schema = database(){}"""
_ROUTINES = """
    select routine_name, routine_type, definer from information_schema.routines where routine_schema = database()"""
_PRIVILEGES = """
    select table_name, '', grantee, privilege_type, is_grantable from information_schema.table_privileges
     where table_schema = database()
    union all select table_name, column_name, grantee, privilege_type, is_grantable
      from information_schema.column_privileges where table_schema = database()
    union all select '', '', grantee, privilege_type, is_grantable from information_schema.schema_privileges
     where table_schema = database()"""
_PLAIN_SESSION = "bothways_plain_session"
_PRINTS_OTHERWISE = re.compile(
    r"ANSI|ORACLE|DB2|MAXDB|MSSQL|POSTGRESQL|MYSQL\d|NO_\w+_OPTIONS|PAD_CHAR|NO_BACKSLASH|EMPTY"
)
_SESSION = ("sql_mode", "time_zone")
_PIN = "set session sql_mode = '', time_zone = '+00:00', sql_quote_show_create = 1"
# What tells a table's next value at once; MySQL would answer with what it remembered.
_FRESH = "set session information_schema_stats_expiry = 0"
_POSITIONS = """
    select table_name, auto_increment from information_schema.tables
     where table_schema = database() and auto_increment is not null{}"""
# An event that was given no STARTS begins when it was made or changed; the columns are in the event's zone and in ours.
_EVENTS = """
    select event_name, definer, convert_tz(starts, time_zone, '+00:00') in (created, last_altered)
    from information_schema.events where event_schema = database()"""
_STARTS = re.compile(r" STARTS '[\d :-]+'")


def read(connection: sa.Connection) -> Objects:
    """All objects of the database; the session's settings are put back."""
    with _pinned(connection):
        objects: dict[str, dict[str, Value]] = {"database:main": _database(connection)}
        objects.update(_relations(connection, ""))
        objects.update(_triggers(connection, ""))
        objects.update(_routines(connection))
        objects.update(_events(connection))
        objects.update(_privileges(connection))
        return objects


def read_part(connection: sa.Connection, names: Collection[str], known: Objects) -> Objects:
    """What belongs to these tables, with the digests of their rows; nothing for those that are gone.

    Privileges are left out: no statement that names only tables changes them; and triggers where there are none yet.
    """
    plain = sorted(parts_of(name)[0] for name in names)
    listed = ", ".join("'" + name.replace("\\", "\\\\").replace("'", "''") + "'" for name in plain)
    with nullcontext() if connection.info.get(_PLAIN_SESSION) else _pinned(connection):
        if not getattr(connection.dialect, "is_mariadb", False):
            connection.exec_driver_sql(_FRESH)
        positions: dict[str, int] = {}
        objects = dict(_relations(connection, f" and table_name in ({listed})", positions))
        if any(key.startswith("trigger:") for key in known):
            objects.update(_triggers(connection, f" and event_object_table in ({listed})"))
        data = dict(_digests(connection, objects))
        for name, position in positions.items():
            data[f"rows:{key_name(name)}"]["position"] = position
        return {**objects, **data}


def _relations(
    connection: sa.Connection, condition: str, positions: dict[str, int] | None = None
) -> Iterator[tuple[str, dict[str, Value]]]:
    columns: dict[str, list[tuple[object, ...]]] = {}
    for column in ask(connection, _COLUMNS.format(condition)):
        columns.setdefault(column[0], []).append(tuple(column[1:]))
    for table in ask(connection, _TABLES.format(condition)):
        if positions is not None and table[7] is not None:
            positions[str(table[0])] = int(table[7])
        yield from _relation(connection, tuple(table), columns.get(table[0], []))


@contextmanager
def _pinned(connection: sa.Connection) -> Iterator[None]:
    # ANSI_QUOTES and the like change what SHOW CREATE prints, the time zone what a TIMESTAMP says.
    names = ", ".join(f"@@session.{name}" for name in _SESSION)
    before = ask(connection, f"select {names}")[0]
    # Whoever changes the session's settings makes everything be read, and so comes by here.
    connection.info[_PLAIN_SESSION] = before[1] == "+00:00" and not _PRINTS_OTHERWISE.search(str(before[0]))
    connection.exec_driver_sql(_PIN)
    try:
        yield
    finally:
        settings = ", ".join(f"{name} = '{value}'" for name, value in zip(_SESSION, before, strict=True))
        connection.exec_driver_sql(f"set session {settings}")


def _database(connection: sa.Connection) -> dict[str, Value]:
    row = ask(
        connection,
        "select schema_name, default_character_set_name, default_collation_name from information_schema.schemata "
        "where schema_name = database()",
    )[0]
    created = str(ask(connection, f"show create database {_quoted(str(row[0]))}")[0][1])
    comment = _DATABASE_COMMENT.search(created)
    return {"character_set": row[1], "collation": row[2], "comment": comment.group(1) if comment else None}


def _relation(
    connection: sa.Connection, table: tuple[object, ...], columns: list[tuple[object, ...]]
) -> Iterator[tuple[str, dict[str, Value]]]:
    name, kind = str(table[0]), str(table[1])
    if kind == "SEQUENCE":
        created = str(ask(connection, f"show create sequence {_quoted(name)}")[0][1])
        yield f"sequence:{key_name(name)}", {"definition": created}
        return
    if kind.endswith("VIEW"):
        created = str(ask(connection, f"show create view {_quoted(name)}")[0][1])
        definer = _DEFINER.search(created)
        database = str(ask(connection, "select database()")[0][0])
        text = _DEFINER.sub("", created).replace(f"{_quoted(database)}.", "")
        yield f"view:{key_name(name)}", {"definition": text, "definer": definer.group(1) if definer else None}
        return
    created = str(ask(connection, f"show create table {_quoted(name)}")[0][1])
    if "nextval(" in created or "lastval(" in created:
        # Defaults name a sequence with its database.
        database = _quoted(str(ask(connection, "select database()")[0][0]))
        created = _own(database, created) or created
        columns = [(*row[:4], _own(database, _text(row[4])), *row[5:]) for row in columns]
    lines, options = _split(created)
    yield f"table:{key_name(name)}", {
        "engine": _text(table[2]), "collation": _text(table[3]), "comment": _text(table[4]),
        "create_options": _text(table[5]), "row_format": _text(table[6]), "options": options,
        "versioned": kind == "SYSTEM VERSIONED",
    }  # fmt: skip
    definitions = {m.group(1): line for line in lines if (m := re.match(r"^`((?:[^`]|``)+)` ", line))}
    yield from _columns(name, columns, definitions)
    yield from _keys(name, lines)


def _own(database: str, text: str | None) -> str | None:
    """The text with the names of sequences only."""
    return text and re.sub(rf"\b(nextval|lastval)\({re.escape(database)}\.", r"\1(", text)


def _split(created: str) -> tuple[list[str], str]:
    # The body's lines are indented by two blanks; what follows the closing parenthesis are the table's options.
    head, _, tail = created.rpartition("\n)")
    lines = re.split(r",?\n  (?=[`A-Z])", head)[1:]
    return lines, _AUTO_INCREMENT.sub("", tail).strip()


def _columns(
    table: str, columns: list[tuple[object, ...]], definitions: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Value]]]:
    for position, row in enumerate(columns, start=1):
        name = str(row[0])
        yield f"column:{key_name(table, name)}", {
            "position": position, "type": _text(row[2]), "not_null": row[3] == "NO", "default": _text(row[4]),
            "extra": _text(row[5]), "collation": _text(row[6]), "comment": _text(row[7]),
            "generated": _text(row[8]), "definition": definitions.get(name.replace("`", "``")),
        }  # fmt: skip


def _keys(table: str, lines: list[str]) -> Iterator[tuple[str, dict[str, Value]]]:
    indexes = constraints = 0
    for line in lines:
        if index := _INDEX_LINE.match(line):
            indexes += 1
            name = _unquoted(index.group(1) or "PRIMARY")
            yield f"index:{key_name(table, name)}", {"definition": line, "position": indexes}
        elif constraint := _CONSTRAINT_LINE.match(line):
            constraints += 1
            yield (
                f"constraint:{key_name(table, _unquoted(constraint.group(1)))}",
                {
                    "definition": constraint.group(2),
                    "position": constraints,
                },
            )
        elif _PERIOD_LINE.match(line):
            yield f"constraint:{key_name(table)}.({line})", {"definition": line, "position": 0}


def _triggers(connection: sa.Connection, condition: str) -> Iterator[tuple[str, dict[str, Value]]]:
    for row in ask(connection, _TRIGGERS.format(condition)):
        yield f"trigger:{key_name(row[1], row[0])}", {
            "timing": f"{row[2]} {row[3]}", "statement": row[4], "order": int(row[5]), "definer": row[6],
            "sql_mode": row[7],
        }  # fmt: skip


def _routines(connection: sa.Connection) -> Iterator[tuple[str, dict[str, Value]]]:
    for name, kind, definer in ask(connection, _ROUTINES):
        row = ask(connection, f"show create {kind.lower()} {_quoted(name)}")[0]
        # A function and a procedure may have the same name.
        yield f"{kind.lower().replace(' ', '_')}:{name}", {
            "definition": _DEFINER.sub("", str(row[2])), "sql_mode": row[1], "definer": definer,
        }  # fmt: skip


def _events(connection: sa.Connection) -> Iterator[tuple[str, dict[str, Value]]]:
    for name, definer, from_then_on in ask(connection, _EVENTS):
        row = ask(connection, f"show create event {_quoted(name)}")[0]
        definition = _DEFINER.sub("", str(row[3]))
        if from_then_on:
            definition = _STARTS.sub("", definition, count=1)
        yield f"event:{name}", {"definition": definition, "sql_mode": row[1], "definer": definer}


def _privileges(connection: sa.Connection) -> Iterator[tuple[str, dict[str, Value]]]:
    found: dict[tuple[str, str], list[str]] = {}
    for table, column, grantee, privilege, grantable in ask(connection, _PRIVILEGES):
        what = f"{privilege}({column})" if column else str(privilege)
        found.setdefault((table, grantee), []).append(what + (" with grant option" if grantable == "YES" else ""))
    for (table, grantee), privileges in found.items():
        # "item.'reader'@'localhost'"; privileges on the whole database begin with the dot.
        yield f"privileges:{table}.{grantee}", {"granted": tuple(sorted(privileges))}


def read_rows(connection: sa.Connection, objects: Objects) -> Objects:
    """For each table its row count, digests of columns and whole rows, and where AUTO_INCREMENT and sequences stand."""
    with _pinned(connection):
        data = dict(_digests(connection, objects))
        for name, position in _positions(connection, ""):
            if (key := f"rows:{key_name(name)}") in data:
                data[key]["position"] = int(position)
        return data


def _digests(connection: sa.Connection, objects: Objects) -> Iterator[tuple[str, dict[str, Value]]]:
    for key in objects:
        kind, _, name = key.partition(":")
        if kind == "sequence":
            sequence = f"select next_not_cached_value from {_quoted(*parts_of(name))}"
            yield f"rows:{name}", {"position": str(ask(connection, sequence)[0][0])}
    for name, columns in columns_of(objects).items():
        if f"table:{name}" in objects:
            yield f"rows:{name}", _digest_table(connection, name, columns, objects)


def _positions(connection: sa.Connection, condition: str) -> list[tuple[str, int]]:
    if not getattr(connection.dialect, "is_mariadb", False):
        connection.exec_driver_sql(_FRESH)
    return [(row[0], row[1]) for row in ask(connection, _POSITIONS.format(condition))]


def _digest_table(connection: sa.Connection, table: str, columns: list[str], objects: Objects) -> dict[str, Value]:
    # CHECKSUM TABLE is no use (it changes with the order of columns); the first 60 bits of a sha256 are summed instead.
    facts = objects[f"table:{table}"]
    source = _quoted(*parts_of(table))
    hashes = [_hashed(c, str(objects[f"column:{table}.{key_part(c)}"].get("type"))) for c in columns]
    whole = f"sha2(concat_ws('|', {', '.join(hashes)}), 256)" if hashes else "''"
    sums = [f"sum(cast(conv(left({text}, 15), 16, 10) as decimal(40, 0)))" for text in [*hashes, whole]]
    row = ask(connection, f"select count(*), {', '.join(sums)} from {source}")[0]
    found: dict[str, Value] = {"count": int(row[0]), "rows": _text(row[-1])}
    found.update({f"column {c}": _text(value) for c, value in zip(columns, row[1:-1], strict=True)})
    if facts.get("versioned"):
        history = f"select count(*) from {source} for system_time all"
        found["history"] = int(ask(connection, history)[0][0])
    return found


def _hashed(column: str, type_: str) -> str:
    # A FLOAT's text has six digits only; as a DOUBLE it has all of them.
    value = f"cast({_quoted(column)} as double)" if _FLOAT.match(type_) else _quoted(column)
    return f"coalesce(sha2(concat({value}, ''), 256), '0')"


def _unquoted(name: str) -> str:
    return name.replace("``", "`")


def _text(value: object) -> str | None:
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    return None if value is None else str(value)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
