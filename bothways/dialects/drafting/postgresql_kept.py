"""What a step would lose, kept in side tables until the way back: ``bothways_kept_…``, which no snapshot sees.

Rows are known by their primary key. A value comes back where its row still has what the step made of it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bothways.code import Code, sql
from bothways.dialects.drafting import postgresql_casts as casts
from bothways.dialects.drafting.postgresql_columns import plain, table_of
from bothways.dialects.drafting.postgresql_words import LONGEST, ident, own, text, words
from bothways.operations import LONGEST_MARK, SIDE
from bothways.snapshot import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bothways.dialects.drafting.postgresql_side import Side

_LONGEST = LONGEST - LONGEST_MARK
Kept = tuple[tuple[Code, ...], tuple[Code, ...]]
"""What keeps, and what gives back."""
NOTHING: Kept = ((), ())
_PLACEHOLDERS = {
    **dict.fromkeys(casts.STRINGS, "''"), **dict.fromkeys(casts.NUMBERS, "0"), "boolean": "false", "json": "'{}'",
    "jsonb": "'{}'", "uuid": "'00000000-0000-0000-0000-000000000000'", "date": "'1970-01-01'",
    "timestamp": "'1970-01-01'", "timestamptz": "'1970-01-01'", "time": "'00:00'", "timetz": "'00:00+00'",
    "interval": "'0'", "bytea": "''", "money": "0", "inet": "'0.0.0.0'", "cidr": "'0.0.0.0'", "tsvector": "''",
    "tsquery": "''", "varbit": "''", "bit varying": "''", "xml": "''", "pg_lsn": "'0/0'", "oid": "0",
    "macaddr": "'00:00:00:00:00:00'", "macaddr8": "'00:00:00:00:00:00:00:00'", "point": "'(0,0)'",
    "line": "'{1,0,0}'", "lseg": "'[(0,0),(0,0)]'", "box": "'(0,0),(0,0)'", "path": "'[(0,0)]'",
    "polygon": "'((0,0))'", "circle": "'<(0,0),0>'",
    **{f"{of}range": "'empty'" for of in ("int4", "int8", "num", "ts", "tstz", "date")},
    **{f"{of}multirange": "'{}'" for of in ("int4", "int8", "num", "ts", "tstz", "date")},
}  # fmt: skip


def placeholder(side: Side, key: str) -> str:
    """What rows have in a column that comes back without its values; nothing where its type has no plain value."""
    kind = plain(side, key)
    if "[]" in kind:
        return "'{}'"
    for needed in sorted(side.depends.get(key, ())):
        labels = side.items(needed, "labels")
        if labels and words(needed.partition(":")[2]) == kind:
            return text(labels[0])
        if side.fact(needed, "kind") == "r" and needed == f"type:{kind}":
            return "'empty'"
    if casts.base(kind) == "bit":
        return text("0" * (casts.size(kind) or (1,))[0])
    return _PLACEHOLDERS.get(casts.base(kind), "")


def side_table(*names: str) -> str:
    """The name of a side table, in ``public`` and short enough; a cut one ends with a digest of all of it."""
    name = SIDE + "_".join(names)
    if len(name.encode()) > _LONGEST:
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        name = name.encode()[: _LONGEST - 9].decode(errors="ignore") + f"_{digest}"
    return ident(name)


def keys_of(old: Side, new: Side, table: str) -> Sequence[str]:
    """The columns of a primary key by which rows are known on both sides."""
    keys, names = old.key_columns(table), new.key_columns(table)
    columns = {ident(own(c)): c for c in old.members("column", table)}
    same = all(_is_same_key(old, new, columns[k]) for k in keys if k in columns)
    return keys if keys == names and same else ()


def _is_same_key(old: Side, new: Side, key: str) -> bool:
    """Whether a key's column comes back as it was, whatever type it has meanwhile.

    A step and its way back find it with the same type, since all that is done between them is undone between them.
    """
    kinds = {casts.base(plain(side, key)) for side in (old, new)}
    return old.fact(key, "type") == new.fact(key, "type") or kinds <= set(casts.WHOLE) or kinds <= {"varchar", "text"}


def column(old: Side, new: Side, key: str) -> Kept:
    """The values of a column that goes."""
    table, name = table_of(key), ident(own(key))
    keys = keys_of(old, new, table)
    if not keys or old.fact(key, "identity") == "a":
        return NOTHING
    there = side_table(*parts_of(table), own(key))
    held, given = _held(old, key)
    # A column that comes back with a default has it in every row: then those without a value are kept too.
    some = "" if _comes_filled(old, key) else f" WHERE {name} IS NOT NULL"
    keep = sql(f"CREATE TABLE {there} AS", f"SELECT {', '.join(keys)}, {held} FROM {words(table)}{some}")
    back = sql(
        f"UPDATE {words(table)} SET {name} = kept.{given}", f"FROM {there} AS kept WHERE {_same_row(table, keys)}"
    )
    return (keep,), (back, sql(f"DROP TABLE {there}"))


def _comes_filled(side: Side, key: str) -> bool:
    domains = (n for n in side.depends.get(key, ()) if n.startswith("type:") and side.fact(n, "kind") == "d")
    return side.fact(key, "default") is not None or any(side.fact(n, "default") is not None for n in domains)


def _held(side: Side, key: str) -> tuple[str, str]:
    """How a column's value is kept and given back: of a type that may go too, as a text."""
    name, kind = ident(own(key)), side.source(key, "type")
    if any(needed.startswith("type:") for needed in side.depends.get(key, ())):
        return f"{name}::text AS {name}", f"{name}::{kind}"
    return name, name


def _same_row(table: str, keys: Iterable[str]) -> str:
    own_name = ident(parts_of(table)[-1])
    return " AND ".join(f"kept.{k} = {own_name}.{k}" for k in keys)


def table(side: Side, key: str) -> Kept:
    """The rows of a table that goes."""
    name = key.partition(":")[2]
    there = side_table(*parts_of(name))
    columns = [c for c in side.members("column", name) if not side.fact(c, "generated")]
    if not columns:
        return NOTHING
    held, given = zip(*(_held(side, c) for c in columns), strict=True)
    names = ", ".join(ident(own(c)) for c in columns)
    keep = sql(f"CREATE TABLE {there} AS SELECT {', '.join(held)} FROM {words(name)}")
    back = sql(
        f"INSERT INTO {words(name)} ({names})",
        *_overriding(side, columns),
        f"SELECT {', '.join(given)}",
        f"FROM {there}",
    )
    return (keep,), (back, sql(f"DROP TABLE {there}"))


def _overriding(side: Side, columns: Sequence[str]) -> list[str]:
    return ["OVERRIDING SYSTEM VALUE"] if any(side.fact(c, "identity") for c in columns) else []


def counter(sequence: str) -> Kept:
    """How far a sequence has counted."""
    name = sequence.partition(":")[2]
    there = side_table(*parts_of(name))
    keep = sql(f"CREATE TABLE {there} AS SELECT last_value, is_called FROM {words(name)}")
    back = sql(f"SELECT setval({text(words(name))}, last_value, is_called) FROM {there}")
    return (keep,), (back, sql(f"DROP TABLE {there}"))


def converted(old: Side, new: Side, key: str, which: str) -> Kept:
    """The values of a column that a conversion changes; ``which`` tells those of the way back."""
    table, name = table_of(key), ident(own(key))
    keys = keys_of(old, new, table)
    if not keys or name in keys:
        return NOTHING
    there = side_table(*parts_of(table), own(key), *([which] if which else []))
    held, given = _held(old, key)
    query = f"SELECT {', '.join(keys)}, {held} FROM {words(table)}"
    before, after = plain(old, key), plain(new, key)
    room = 0 if casts.lost(before, after) else casts.cut(before, after)
    some = f"length({name}) > {room}" if room else f"{name} IS NOT NULL"
    keep = sql(f"CREATE TABLE {there} AS", f"{query} WHERE {some}")
    there_and_back = _there_and_back(old, new, key, f"(kept.{given})" if "::" in given else f"kept.{given}")
    now = f"{ident(parts_of(table)[-1])}.{name}::text"
    # Of an empty list there is no first member.
    same = "IS NOT DISTINCT FROM" if casts.is_list(before) else "="
    back = sql(
        f"UPDATE {words(table)} SET {name} = kept.{given}",
        f"FROM {there} AS kept",
        f"WHERE {_same_row(table, keys)} AND {now} {same} ({there_and_back})::text",
    )
    # The way up may be the first one, before anything was kept on a way down.
    made = [sql(f"CREATE TABLE IF NOT EXISTS {there} AS", f"{query} WITH NO DATA")] if which else []
    return (keep,), (*made, back, sql(f"DROP TABLE {there}"))


def _there_and_back(old: Side, new: Side, key: str, value: str) -> str:
    """What a conversion makes of a value, as the type that it had."""
    room = casts.cut(plain(old, key), plain(new, key))
    if room:
        return f"left({value}, {room})::{new.source(key, 'type')}"
    return _cast(new, old, key, f"({_cast(old, new, key, value)})")


def _cast(old: Side, new: Side, key: str, value: str) -> str:
    kind = new.source(key, "type")
    return casts.conversion(value, plain(old, key), plain(new, key), kind) or f"{value}::{kind}"


def filled(side: Side, key: str, expression: str, keys: Sequence[str]) -> Kept:
    """Which rows had no value before they were given one."""
    table, name = table_of(key), ident(own(key))
    there = side_table(*parts_of(table), own(key))
    keep = sql(
        f"CREATE TABLE {there} AS",
        f"SELECT {', '.join(keys)}, ({expression})::{side.source(key, 'type')} AS given",
        f"FROM {words(table)} WHERE {name} IS NULL",
    )
    row = ident(parts_of(table)[-1])
    back = sql(
        f"UPDATE {words(table)} SET {name} = NULL",
        f"FROM {there} AS kept WHERE {_same_row(table, keys)} AND {row}.{name}::text = kept.given::text",
    )
    return (keep,), (back, sql(f"DROP TABLE {there}"))


def labels(old: Side, new: Side, key: str, removed: Sequence[str]) -> Kept:
    """The rows that have a label which goes: meanwhile they have no value, or the default."""
    table, name = table_of(key), ident(own(key))
    keys, default = keys_of(old, new, table), new.facts(key).get("default")
    nullable = not (old.facts(key).get("not_null") or new.facts(key).get("not_null"))
    if not keys or "[]" in old.source(key, "type") or not (nullable or default == old.facts(key).get("default")):
        return NOTHING
    if not nullable and default is None:
        return NOTHING
    there = side_table(*parts_of(table), own(key))
    value = "NULL" if nullable else new.source(key, "default")
    having = f"WHERE {name}::text IN ({', '.join(map(text, removed))})"
    keep = sql(
        f"CREATE TABLE {there} AS", f"SELECT {', '.join(keys)}, {name}::text AS {name} FROM {words(table)} {having}"
    )
    emptied = sql(f"UPDATE {words(table)} SET {name} = {value} {having}")
    row = f"{ident(parts_of(table)[-1])}.{name}"
    unchanged = f"{row} IS NULL" if nullable else f"{row} = {value}"
    back = sql(
        f"UPDATE {words(table)} SET {name} = kept.{name}::{old.source(key, 'type')}",
        f"FROM {there} AS kept WHERE {_same_row(table, keys)} AND {unchanged}",
    )
    return (keep, emptied), (back, sql(f"DROP TABLE {there}"))
