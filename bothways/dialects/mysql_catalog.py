"""Everything that a MySQL or MariaDB database is: the union of SHOW CREATE and information_schema.

Neither is complete alone (measured on MariaDB 10.11): SHOW CREATE lacks triggers, routines, events and the database's
collation; information_schema lacks USING HASH and a sequence's parameters. SHOW CREATE prints one column, key or
constraint a line, so its lines are compared one by one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import sqlalchemy as sa

    from bothways.snapshot import Objects, Tier, Value

TIERS: Mapping[tuple[str, str], Tier] = {
    ("column", "position"): "order",
    ("index", "position"): "order",
    ("constraint", "position"): "order",
    ("table", "row_format"): "physical",
    ("view", "definer"): "ownership",
    ("trigger", "definer"): "ownership",
    ("routine", "definer"): "ownership",
    ("event", "definer"): "ownership",
    ("rows", "*"): "data",
}

_AUTO_INCREMENT = re.compile(r" AUTO_INCREMENT=\d+")
_DEFINER = re.compile(r" DEFINER=(`(?:[^`]|``)*`@`(?:[^`]|``)*`)")
_INDEX_LINE = re.compile(r"^(?:(?:UNIQUE|FULLTEXT|SPATIAL|VECTOR) )?KEY `((?:[^`]|``)+)`|^PRIMARY KEY")
_CONSTRAINT_LINE = re.compile(r"^CONSTRAINT `((?:[^`]|``)+)` (.*)$", re.S)
_PERIOD_LINE = re.compile(r"^PERIOD FOR ")

_COLUMNS = """
    select table_name, column_name, ordinal_position, column_type, is_nullable, column_default, extra, collation_name,
           column_comment, generation_expression
    from information_schema.columns where table_schema = database() order by table_name, ordinal_position"""
_TABLES = """
    select table_name, table_type, engine, table_collation, table_comment, create_options, row_format
    from information_schema.tables where table_schema = database() order by table_name"""
_TRIGGERS = """
    select trigger_name, event_object_table, action_timing, event_manipulation, action_statement, action_order, definer,
           sql_mode from information_schema.triggers where trigger_schema = database()"""
_ROUTINES = """
    select routine_name, routine_type, definer from information_schema.routines where routine_schema = database()"""
_EVENTS = "select event_name, definer from information_schema.events where event_schema = database()"


def read(connection: sa.Connection) -> Objects:
    """All objects of the database."""
    connection.exec_driver_sql("set sql_quote_show_create = 1")
    objects: dict[str, dict[str, Value]] = {}
    row = connection.exec_driver_sql(
        "select default_character_set_name, default_collation_name from information_schema.schemata "
        "where schema_name = database()"
    ).one()
    objects["database:main"] = {"character_set": row[0], "collation": row[1]}
    columns: dict[str, list[tuple[object, ...]]] = {}
    for column in connection.exec_driver_sql(_COLUMNS).all():
        columns.setdefault(column[0], []).append(tuple(column[1:]))
    for table in connection.exec_driver_sql(_TABLES).all():
        objects.update(_relation(connection, tuple(table), columns.get(table[0], [])))
    objects.update(_triggers(connection))
    objects.update(_routines(connection))
    objects.update(_events(connection))
    return objects


def _relation(
    connection: sa.Connection, table: tuple[object, ...], columns: list[tuple[object, ...]]
) -> Iterator[tuple[str, dict[str, Value]]]:
    name, kind = str(table[0]), str(table[1])
    if kind == "SEQUENCE":
        created = str(connection.exec_driver_sql(f"show create sequence {_quoted(name)}").one()[1])
        yield f"sequence:{name}", {"definition": created}
        return
    if kind.endswith("VIEW"):
        created = str(connection.exec_driver_sql(f"show create view {_quoted(name)}").one()[1])
        definer = _DEFINER.search(created)
        database = str(connection.exec_driver_sql("select database()").scalar_one())
        text = _DEFINER.sub("", created).replace(f"{_quoted(database)}.", "")
        yield f"view:{name}", {"definition": text, "definer": definer.group(1) if definer else None}
        return
    created = str(connection.exec_driver_sql(f"show create table {_quoted(name)}").one()[1])
    lines, options = _split(created)
    yield f"table:{name}", {
        "engine": _text(table[2]), "collation": _text(table[3]), "comment": _text(table[4]),
        "create_options": _text(table[5]), "row_format": _text(table[6]), "options": options,
        "versioned": kind == "SYSTEM VERSIONED",
    }  # fmt: skip
    definitions = {m.group(1): line for line in lines if (m := re.match(r"^`((?:[^`]|``)+)` ", line))}
    yield from _columns(name, columns, definitions)
    yield from _keys(name, lines)


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
        yield f"column:{table}.{name}", {
            "position": position, "type": _text(row[2]), "not_null": row[3] == "NO", "default": _text(row[4]),
            "extra": _text(row[5]), "collation": _text(row[6]), "comment": _text(row[7]),
            "generated": _text(row[8]), "definition": definitions.get(name.replace("`", "``")),
        }  # fmt: skip


def _keys(table: str, lines: list[str]) -> Iterator[tuple[str, dict[str, Value]]]:
    indexes = constraints = 0
    for line in lines:
        if index := _INDEX_LINE.match(line):
            indexes += 1
            name = index.group(1) or "PRIMARY"
            yield f"index:{table}.{name}", {"definition": line, "position": indexes}
        elif constraint := _CONSTRAINT_LINE.match(line):
            constraints += 1
            yield (
                f"constraint:{table}.{constraint.group(1)}",
                {
                    "definition": constraint.group(2),
                    "position": constraints,
                },
            )
        elif _PERIOD_LINE.match(line):
            yield f"constraint:{table}.({line})", {"definition": line, "position": 0}


def _triggers(connection: sa.Connection) -> Iterator[tuple[str, dict[str, Value]]]:
    for row in connection.exec_driver_sql(_TRIGGERS).all():
        yield f"trigger:{row[1]}.{row[0]}", {
            "timing": f"{row[2]} {row[3]}", "statement": row[4], "order": int(row[5]), "definer": row[6],
            "sql_mode": row[7],
        }  # fmt: skip


def _routines(connection: sa.Connection) -> Iterator[tuple[str, dict[str, Value]]]:
    for name, kind, definer in connection.exec_driver_sql(_ROUTINES).all():
        if kind not in {"FUNCTION", "PROCEDURE"}:
            continue
        row = connection.exec_driver_sql(f"show create {kind.lower()} {_quoted(name)}").one()
        yield f"routine:{name}", {
            "kind": kind, "definition": _DEFINER.sub("", str(row[2])), "sql_mode": row[1], "definer": definer,
        }  # fmt: skip


def _events(connection: sa.Connection) -> Iterator[tuple[str, dict[str, Value]]]:
    for name, definer in connection.exec_driver_sql(_EVENTS).all():
        row = connection.exec_driver_sql(f"show create event {_quoted(name)}").one()
        yield f"event:{name}", {"definition": _DEFINER.sub("", str(row[3])), "definer": definer}


def read_rows(connection: sa.Connection, objects: Objects) -> Objects:
    """For each table its row count and order-free digests of columns and whole rows; and the positions of sequences."""
    data: dict[str, dict[str, Value]] = {}
    for key in objects:
        kind, _, name = key.partition(":")
        if kind == "table":
            data[f"rows:{name}"] = _digest_table(connection, name, _columns_of(objects, name))
        elif kind == "sequence":
            next_value = connection.exec_driver_sql(f"select next_not_cached_value from {_quoted(name)}").scalar_one()
            data[f"rows:{name}"] = {"position": str(next_value)}
    return data


def _digest_table(connection: sa.Connection, table: str, columns: list[str]) -> dict[str, Value]:
    # CHECKSUM TABLE is no use (it changes with the order of columns); the first 60 bits of a sha256 are summed instead.
    texts = [f"coalesce(hex(concat({_quoted(c)}, '')), 'null')" for c in columns]
    whole = f"concat_ws('|', {', '.join(texts)})" if texts else "''"
    sums = [f"sum(cast(conv(left(sha2({text}, 256), 15), 16, 10) as decimal(40, 0)))" for text in [*texts, whole]]
    row = connection.exec_driver_sql(f"select count(*), {', '.join(sums)} from {_quoted(table)}").one()
    facts: dict[str, Value] = {"count": int(row[0]), "rows": _text(row[-1])}
    facts.update({f"column {c}": _text(value) for c, value in zip(columns, row[1:-1], strict=True)})
    return facts


def _columns_of(objects: Objects, table: str) -> list[str]:
    prefix = f"column:{table}."
    return sorted(key[len(prefix) :] for key in objects if key.startswith(prefix))


def _text(value: object) -> str | None:
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    return None if value is None else str(value)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
