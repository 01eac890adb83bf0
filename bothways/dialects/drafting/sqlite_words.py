"""What changes in a table, in words that can stand in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.snapshot import split_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bothways.dialects.drafting.sqlite_tables import Column, Table

_LONGEST = 60


def changes_of(old: Table, new: Table) -> Iterator[str]:
    """Each change of a table: ``add products.note``."""
    if old.name != new.name:
        yield f"write {old.key} as {new.key}"
    for name, column in new.columns.items():
        if name not in old.columns:
            yield f"add {column.key}"
    for name, column in old.columns.items():
        if name not in new.columns:
            yield f"drop {column.key}"
        elif (column.name, column.facts) != (new.columns[name].name, new.columns[name].facts):
            yield f"{column.key}: {', '.join(_column(column, new.columns[name]))}"
    yield from _constraints(old, new)
    if old.strict != new.strict:
        yield f"make {new.key} {'strict' if new.strict else 'strict no more'}"
    if old.without_rowid != new.without_rowid:
        yield f"{'take' if new.without_rowid else 'give'} {new.key} its rowid"


def _column(old: Column, new: Column) -> Iterator[str]:
    if old.name != new.name:
        yield f"write it {new.name}"
    if old.type != new.type:
        yield f"{old.type} becomes {new.type}"
    if old.not_null != new.not_null:
        yield "require a value" if new.not_null else "allow NULL"
    if old.default != new.default:
        yield "no default" if new.default is None else f"default {_short(new.default)}"
    if old.generated != new.generated:
        yield "compute it no more" if new.generated is None else f"compute it, {new.generated}"
    elif old.generated and old.facts["definition"] != new.facts["definition"]:
        yield "compute it otherwise"
    known = ("type", "not_null", "default", "generated")
    if all(old.facts[f] == new.facts[f] for f in known) and not old.generated and old.name == new.name:
        yield "change its rules"


def _constraints(old: Table, new: Table) -> Iterator[str]:
    for key, text in new.constraints.items():
        if key not in old.constraints:
            yield f"add {_named(key, new)}"
        elif old.constraints[key] != text:
            yield f"change {_named(key, new)}"
    for key in old.constraints:
        if key not in new.constraints:
            yield f"drop {_named(key, old)}"


def _named(key: str, table: Table) -> str:
    own = split_name(key.partition(":")[2])[1]
    return f"a constraint of {table.key}: {_short(own[1:-1].strip())}" if own.startswith("(") else own


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
