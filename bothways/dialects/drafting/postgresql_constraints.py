"""Constraints and indexes: in Alembic's operations where these say all of it, as statements where not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bothways.code import Block, Code, call, sql
from bothways.dialects.drafting.postgresql_columns import at, bare, table_of
from bothways.dialects.drafting.postgresql_side import Side, comment_on, described, index_words
from bothways.dialects.drafting.postgresql_words import ident, own, words

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {"p": "primary", "u": "unique", "c": "check", "f": "foreignkey"}
_NAMES = r"[a-z_][a-z0-9_]*(?:, [a-z_][a-z0-9_]*)*"
_UNIQUE = re.compile(rf"(UNIQUE|PRIMARY KEY) \(({_NAMES})\)")
_ACTION = r"(CASCADE|RESTRICT|SET NULL|SET DEFAULT|NO ACTION)"
_FOREIGN = re.compile(
    rf"FOREIGN KEY \(({_NAMES})\) REFERENCES ([a-z_][a-z0-9_]*)\(({_NAMES})\)(?: MATCH (FULL))?"
    rf"(?: ON UPDATE {_ACTION})?(?: ON DELETE {_ACTION})?"
    r"( DEFERRABLE)?(?: INITIALLY (DEFERRED))?( NOT VALID)?"
)
_CHECK = re.compile(r"CHECK \((.*)\)", re.S)
_INDEX = re.compile(
    rf"CREATE (UNIQUE )?INDEX [a-z_][a-z0-9_]* ON [a-z_][a-z0-9_.]* \(({_NAMES})\)(?: WHERE ([^:%\\]+))?", re.S
)


def make(side: Side, key: str, *, not_valid: bool = False) -> tuple[Code, ...]:
    """Add a constraint, with its comment."""
    text = side.source(key)
    if not_valid and not text.endswith(" NOT VALID"):
        text += " NOT VALID"
    return (_added(key, text), *comments(side, key))


def comments(side: Side, key: str) -> tuple[Code, ...]:
    """The comment of a constraint and of its index."""
    index = "index:" + key.partition(":")[2]
    keyed = [index] if side.has(index) and side.keyed(index) else []
    return tuple(
        sql(comment_on(described(side, k), side.fact(k, "comment"))) for k in (key, *keyed) if side.fact(k, "comment")
    )


def unmake(side: Side, key: str) -> tuple[Code, ...]:
    """Drop a constraint."""
    table, kind = table_of(key), _KINDS.get(side.fact(key, "kind"))
    if kind is None:
        return (sql(f"ALTER TABLE {words(table)} DROP CONSTRAINT {ident(own(key))}"),)
    return (call("op.drop_constraint", call("op.f", own(key)), bare(table), type_=kind, **at(table)),)


def _added(key: str, text: str) -> Code:
    table, name = table_of(key), call("op.f", own(key))
    keyed = _UNIQUE.fullmatch(text)
    if keyed:
        what = "op.create_unique_constraint" if keyed[1] == "UNIQUE" else "op.create_primary_key"
        return call(what, name, bare(table), keyed[2].split(", "), **at(table))
    foreign = _FOREIGN.fullmatch(text)
    if foreign and not at(table):
        return _foreign_key(name, table, foreign)
    check = _CHECK.fullmatch(text)
    if check and not re.search(r"[:%\\\n]", check[1]):
        return call("op.create_check_constraint", name, bare(table), check[1], **at(table))
    return sql(f"ALTER TABLE {words(table)} ADD CONSTRAINT {ident(own(key))} {text}")


def _foreign_key(name: Code, table: str, found: re.Match[str]) -> Code:
    options: Mapping[str, Code] = {
        "onupdate": found[5], "ondelete": found[6], "deferrable": bool(found[7]),
        "initially": found[8], "match": found[4], "postgresql_not_valid": bool(found[9]),
    }  # fmt: skip
    given: dict[str, Code] = {k: v for k, v in options.items() if v}
    local, remote = found[1].split(", "), found[3].split(", ")
    return call("op.create_foreign_key", name, bare(table), found[2], local, remote, **given)


def make_index(side: Side, key: str, *, concurrently: bool = False) -> tuple[Code, ...]:
    """Create an index, with its comment; concurrently after a half-built one of an earlier try is away."""
    made = _index(side, key, concurrently=concurrently)
    comment: list[Code] = []
    if side.fact(key, "comment"):
        comment = [sql(comment_on(described(side, key), side.fact(key, "comment")))]
    if concurrently:
        return (Block((_half_built(index_words(key.partition(":")[2])), made, *comment)),)
    return (made, *comment)


def built_concurrently(index: str, statement: str) -> Code:
    """An index built while others write, after a half-built one of an earlier try is away."""
    return Block((_half_built(index), sql(statement)))


def _half_built(index: str) -> Code:
    return sql(f"DROP INDEX CONCURRENTLY IF EXISTS {index}")


def _index(side: Side, key: str, *, concurrently: bool) -> Code:
    text, table = side.source(key), table_of(key)
    found = _INDEX.fullmatch(text)
    if not found or not re.fullmatch("[a-z_][a-z0-9_]*", bare(table)):
        return sql(text.replace("INDEX ", "INDEX CONCURRENTLY ", 1) if concurrently else text)
    options: dict[str, Code] = {}
    if found[1]:
        options["unique"] = True
    if found[3]:
        options["postgresql_where"] = call("sa.text", found[3])
    if concurrently:
        options["postgresql_concurrently"] = True
    return call("op.create_index", call("op.f", own(key)), bare(table), found[2].split(", "), **options, **at(table))


def unmake_index(key: str, *, concurrently: bool = False) -> tuple[Code, ...]:
    """Drop an index."""
    table = table_of(key)
    options: dict[str, Code] = {"postgresql_concurrently": True, "if_exists": True} if concurrently else {}
    dropped = call("op.drop_index", call("op.f", own(key)), bare(table), **options, **at(table))
    return (Block((dropped,)),) if concurrently else (dropped,)
