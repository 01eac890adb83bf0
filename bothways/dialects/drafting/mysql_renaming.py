"""Renames on MySQL and MariaDB: rows stay where they are, and what refers to the name follows."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bothways.code import call
from bothways.dialects.drafting.mysql_objects import naming, objects_of
from bothways.dialects.drafting.mysql_statements import alter_table, literal, name_of, plain, statement, update
from bothways.dialects.drafting.mysql_tables import tables_of
from bothways.dialects.plantable import labels
from bothways.operations import Step
from bothways.snapshot import key_name, parts_of, split_name

if TYPE_CHECKING:
    from bothways.code import Code
    from bothways.dialects.drafting.mysql_tables import Column, Table
    from bothways.operations import State
    from bothways.snapshot import Snapshot


def renaming(state: State, key: str, name: str) -> Step:
    """The step that renames one object; raises LookupError for a key that the snapshot has not.

    Views and triggers that name it can't be made while it has another name, so they go before it and come back after
    it is undone; what the models have of them is drafted like anything that is missing.
    """
    step = _renaming(state.snapshot, key, name)
    drops, creates = naming(objects_of(state), key)
    return replace(step, up=(*drops, *step.up), down=(*step.down, *creates))


def _renaming(snapshot: Snapshot, key: str, name: str) -> Step:
    kind, _, old = key.partition(":")
    if kind in {"table", "view", "sequence"}:
        return _relation(f"{kind}:{old}", parts_of(old)[0], name)
    if kind == "label":
        owner, label = split_name(old)
        its_table, column = parts_of(owner)
        return _label(tables_of(snapshot)[its_table], column, label, name)
    owner, own = split_name(old)
    table = tables_of(snapshot)[parts_of(owner)[0]]
    if kind == "column":
        return _both(table, f"rename {old} to {name}", "COLUMN", own, name)
    if own in table.foreign:
        return _foreign_key(table, own, name)
    if own in table.conditions:
        return _condition(table, own, name)
    return _both(table, f"rename the index {old} to {name}", "INDEX", own, name)


def _relation(key: str, old: str, new: str) -> Step:
    says = f"rename {key.partition(':')[2]} to {key_name(new)}"
    if key.startswith("table:"):
        return Step(says, (call("op.rename_table", old, new),), (call("op.rename_table", new, old),))
    return Step(says, (_rename_table(old, new),), (_rename_table(new, old),))


def _rename_table(old: str, new: str) -> Code:
    return statement(f"RENAME TABLE {name_of(old)} TO {name_of(new)}")


def _both(table: Table, says: str, kind: str, old: str, new: str) -> Step:
    up, down = (alter_table(table.name, [_rename(kind, *names)]) for names in ((old, new), (new, old)))
    return Step(says, up, down)


def _rename(kind: str, old: str, new: str) -> str:
    return f"RENAME {kind} {name_of(old)} TO {name_of(new)}"


def _condition(table: Table, old: str, new: str) -> Step:
    text = plain(table.conditions[old])

    def way(gone: str, made: str) -> tuple[Code, ...]:
        clauses = [f"DROP CONSTRAINT {name_of(gone)}", f"ADD CONSTRAINT {name_of(made)} {text}"]
        return alter_table(table.name, clauses)

    return Step(f"rename the check {table.column_key(old)} to {new}", way(old, new), way(new, old))


def _foreign_key(table: Table, old: str, new: str) -> Step:
    """Its index too, where that has its name: the server gave it."""
    key = table.foreign[old]
    text = plain(key.text)

    def way(gone: str, made: str) -> tuple[Code, ...]:
        add = f"ADD CONSTRAINT {name_of(made)} {text}"
        drop = f"DROP FOREIGN KEY {name_of(gone)}"
        index = [_rename("INDEX", gone, made)] if old in table.keys and new not in table.keys else []
        return alter_table(table.name, [drop, *index, add])

    says = f"rename the foreign key {table.column_key(old)} to {new}"
    return Step(says, way(old, new), way(new, old), cautions=(f"Every row of {table.key} is checked again.",))


def _label(table: Table, name: str, old: str, new: str) -> Step:
    """The column first takes both labels, then its rows change, then the old label goes."""
    column = table.columns[name]

    def way(gone: str, made: str) -> tuple[Code, ...]:
        now = [gone if label == old else label for label in labels(column.type)]
        then = [made if label == gone else label for label in now]
        return (
            *alter_table(table.name, [_relabelled(column, [*now, made], old, gone)]),
            _relabelling(table, column, gone, made),
            *alter_table(table.name, [_relabelled(column, then, old, made)]),
        )

    says = f"rename the label {old} of {table.column_key(name)} to {new}"
    return Step(says, way(old, new), way(new, old), cautions=(f"Writes to {table.key} wait while it is copied.",))


def _relabelled(column: Column, these: list[str], old: str, new: str) -> str:
    """The column with these labels, and the new one as its default where the old one was."""
    before, _, rest = column.line.partition(f" {column.type}")
    word = column.type.partition("(")[0]
    # The default is the first literal after the type.
    default = rf"^([^']* DEFAULT ){re.escape(literal(old))}(?!')"
    rest = re.sub(default, lambda found: found[1] + literal(new), rest)
    return f"MODIFY COLUMN {plain(before)} {word}({','.join(map(literal, these))}){plain(rest)}"


def _relabelling(table: Table, column: Column, old: str, new: str) -> Code:
    name = name_of(column.name)
    return update(table, {column.name: literal(new)}, f"{name} = {literal(old)}")
