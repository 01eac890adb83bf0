"""The former labels of enums: ``info={"renamed_labels": {"old": "new"}}``, and what of them a head has still to follow.

An engine that has enums shows their labels. A text shows them only where a CHECK lists them: without one nobody can
tell whether its rows have been renamed yet, so such a hint is refused and never taken for one that was followed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bothways.dialects.naming import rules_for
from bothways.dialects.plantable import labels
from bothways.generate.declared import PLAIN_SCHEMA, columns_of, enum_of, relation
from bothways.generate.mistakes import Found
from bothways.snapshot import key_name, split_name
from bothways.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    import sqlalchemy as sa

    from bothways.snapshot import Snapshot

RENAMED_LABELS = "renamed_labels"
"""The key of a hint in a column's ``info``: an enum's former labels and their new ones."""
_LITERAL = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.S)
_BY_HAND = "write the UPDATE into bothways revision --empty"


def former_labels(
    table: sa.Table, owner: str, names: dict[str, str], dialect: sa.Dialect, head: Snapshot
) -> Iterator[tuple[str, str] | Found]:
    """The keys of labels that the head has still to rename, each with the new label; and what it can't follow.

    ``owner`` is the table's name in the head, ``names`` are the former names of its columns.
    """
    for column in columns_of(table):
        told = column.info.get(RENAMED_LABELS, {})
        enum = enum_of(column, dialect) if told else None
        if enum is None:
            continue
        name = names.get(column.name, column.name)
        of_type = _labels_of(enum, table, f"{owner}.{key_name(name)}", head)
        for old, new in told.items():
            if of_type:
                place, there = of_type
                if old in there and new not in there:
                    yield f"label:{place}.{key_name(old)}", new
                elif old not in there and new not in there:
                    yield _unknown(table, column, old, there)
            elif f"column:{owner}.{key_name(name)}" in head.objects:
                yield from _of_text(table, column, (old, new), _listed(head, owner, name), head.dialect)


def _labels_of(enum: Any, table: sa.Table, column: str, head: Snapshot) -> tuple[str, tuple[str, ...]] | None:
    """Where the head has an enum's labels, and which: in a type of its name, or in its column's type."""
    # A type without a schema is in the default one, or in its table's.
    for schema in (enum.schema,) if enum.schema else (PLAIN_SCHEMA, table.schema):
        name = key_name(*([str(schema)] if schema not in {None, PLAIN_SCHEMA} else []), str(enum.name))
        of_type = head.objects.get(f"type:{name}", {}).get("labels")
        if isinstance(of_type, tuple):
            return name, of_type
    type_ = str(head.objects.get(f"column:{column}", {}).get("type"))
    return (column, labels(type_)) if type_.startswith("enum(") else None


def _listed(head: Snapshot, table: str, column: str) -> frozenset[str]:
    """The texts in the CHECKs that name a column."""
    found: set[str] = set()
    for key, facts in head.objects.items():
        text = str(facts.get("definition"))
        if key.startswith("constraint:") and split_name(key.partition(":")[2])[0] == table and "check" in text.lower():
            without = _LITERAL.sub("''", text)
            if re.search(rf"(?<!\w){re.escape(column)}(?!\w)", without, re.I):
                found.update(re.sub(r"''|\\(.)", lambda m: m[1] or "'", one) for one in _LITERAL.findall(text))
    return frozenset(found)


def _of_text(
    table: sa.Table, column: sa.Column[Any], told: tuple[str, str], listed: AbstractSet[str], engine: str
) -> Iterator[Found]:
    old, new = told
    follows = rules_for(engine).renames_checked_labels
    if (new in listed and old not in listed) or (follows and old in listed and new not in listed):
        return
    what = f"column {relation(table)}.{column.name} is said to have its label {old!r} renamed to {new!r}, "
    if old in listed:
        what += "but a CHECK lists its labels, which takes the rows of one side only"
        remedy = f"take the hint out, and three changes: add the new label; {_BY_HAND}; take the old label out"
    else:
        what += "but it is a text without a CHECK there, so nobody can tell whether its rows have been renamed yet"
        remedy = f"take the hint out, and {_BY_HAND} if they have not"
        if follows:
            remedy += "; or first give the Enum create_constraint=True in a change of its own"
    yield Found(what, remedy, table, column)


def _unknown(table: sa.Table, column: sa.Column[Any], old: str, there: tuple[str, ...]) -> Found:
    what = f"column {relation(table)}.{column.name} is said to have had the label {old!r}, which the head never had"
    return Found(what, f"correct the hint, or take it out; {nearest(old, there)}", table, column)
