"""Constraints and indexes: in Alembic's operations where these say all of it, as statements where not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bothways.code import Block, Code, call, sql
from bothways.dialects.drafting.postgresql_columns import at, bare, table_of
from bothways.dialects.drafting.postgresql_side import Side, comment_on, described, index_words
from bothways.dialects.drafting.postgresql_words import beside, ident, own, shortened, words

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
_KEY = re.compile(
    r"(UNIQUE|PRIMARY KEY)( NULLS NOT DISTINCT)? (\(.*?\)(?: INCLUDE \(.*\))?)((?: DEFERRABLE| INITIALLY DEFERRED)*)",
    re.S,
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
    made = _index(side, key, concurrently=concurrently, name=own(key))
    if concurrently:
        return (Block((_half_built(index_words(key.partition(":")[2])), made, *_comment(side, key))),)
    return (made, *_comment(side, key))


def _comment(side: Side, key: str) -> tuple[Code, ...]:
    comment = side.fact(key, "comment")
    return (sql(comment_on(described(side, key), comment)),) if comment else ()


def is_key(side: Side, key: str) -> bool:
    """Whether a constraint is a key that an index of columns makes: unique or primary."""
    return side.fact(key, "kind") in {"p", "u"} and _KEY.fullmatch(side.source(key)) is not None


def make_key(side: Side, key: str, before: Side | None = None) -> tuple[Code, ...]:
    """Add a key whose index was built while others wrote; that of before it goes when the new index is there."""
    table, found = table_of(key), _KEY.fullmatch(side.source(key))
    if found is None:
        return make(side, key)
    name = aside(key) if before else own(key)
    built = f"CREATE UNIQUE INDEX CONCURRENTLY {ident(name)} ON {words(table)} {found[3]}{found[2] or ''}"
    block = Block((_half_built(beside(table, name)), sql(built)))
    given = f"ADD CONSTRAINT {ident(own(key))} {found[1]} USING INDEX {ident(name)}{found[4]}"
    gone = unmake(before, key) if before else ()
    return (block, *gone, sql(f"ALTER TABLE {words(table)} {given}"), *comments(side, key))


def exchange_index(side: Side, key: str) -> tuple[Code, ...]:
    """Build an index anew while others write, and let go of the one that has its name when that is done."""
    there = beside(table_of(key), aside(key))
    renamed = sql(f"ALTER INDEX {there} RENAME TO {ident(own(key))}")
    made = _index(side, key, concurrently=True, name=aside(key))
    return (Block((_half_built(there), made, _dropped(key, concurrently=True), renamed, *_comment(side, key))),)


def aside(key: str) -> str:
    """The name of an index until that of before it is gone."""
    return shortened(f"bothways_new_{own(key)}")


def _half_built(index: str) -> Code:
    return sql(f"DROP INDEX CONCURRENTLY IF EXISTS {index}")


def _index(side: Side, key: str, *, concurrently: bool, name: str) -> Code:
    text, table = side.source(key).replace(f"INDEX {ident(own(key))} ", f"INDEX {ident(name)} ", 1), table_of(key)
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
    return call("op.create_index", call("op.f", name), bare(table), found[2].split(", "), **options, **at(table))


def unmake_index(key: str, *, concurrently: bool = False) -> tuple[Code, ...]:
    """Drop an index."""
    dropped = _dropped(key, concurrently=concurrently)
    return (Block((dropped,)),) if concurrently else (dropped,)


def _dropped(key: str, *, concurrently: bool) -> Code:
    table = table_of(key)
    options: dict[str, Code] = {"postgresql_concurrently": True, "if_exists": True} if concurrently else {}
    return call("op.drop_index", call("op.f", own(key)), bare(table), **options, **at(table))
