"""New names: nothing but the name changes, and what the server names after it stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.code import Code, call, sql
from bothways.dialects.drafting.postgresql_columns import at, bare, table_of
from bothways.dialects.drafting.postgresql_side import Side
from bothways.dialects.drafting.postgresql_words import ident, own, text, words
from bothways.operations import Step
from bothways.snapshot import key_name, parts_of, split_name

if TYPE_CHECKING:
    from bothways.operations import State


def renaming(state: State, key: str, name: str) -> Step:
    """Rename one object, and back."""
    kind, full = key.partition(":")[0], key.partition(":")[2]
    up, down = _renamed(state, key, name), _renamed(state, _key(kind, full, name), own(key))
    return Step(f"rename {kind} {full} to {name}", (up,), (down,))


def _key(kind: str, full: str, name: str) -> str:
    return f"{kind}:{key_name(*parts_of(full)[:-1], name)}"


def _renamed(state: State, key: str, name: str) -> Code:
    kind, full = key.partition(":")[0], key.partition(":")[2]
    if kind == "table":
        return call("op.rename_table", bare(full), name, **at(full))
    if kind == "column":
        table = table_of(key)
        return call("op.alter_column", bare(table), own(key), new_column_name=name, **at(table))
    if kind == "constraint":
        return sql(f"ALTER TABLE {words(table_of(key))} RENAME CONSTRAINT {ident(own(key))} TO {ident(name)}")
    if kind == "label":
        return sql(f"ALTER TYPE {words(split_name(full)[0])} RENAME VALUE {text(own(key))} TO {text(name)}")
    return sql(f"ALTER {_what(Side(state), key)} RENAME TO {ident(name)}")


def _what(side: Side, key: str) -> str:
    kind, full = key.partition(":")[0], key.partition(":")[2]
    if kind == "index":
        parts = parts_of(full)
        return f"INDEX {words(key_name(*parts[:-2], parts[-1]))}"
    if kind == "view" and side.fact(key, "kind") == "m":
        return f"MATERIALIZED VIEW {words(full)}"
    if kind == "type" and side.fact(key, "kind") == "d":
        return f"DOMAIN {words(full)}"
    return f"{kind.upper()} {words(full)}"
