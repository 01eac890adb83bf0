"""Counters: the sequences by which columns count, as identities or by their defaults, and where they go on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bothways.code import Code, sql
from bothways.dialects.drafting import postgresql_columns as columns
from bothways.dialects.drafting.postgresql_casts import WHOLE
from bothways.dialects.drafting.postgresql_parts import Part
from bothways.dialects.drafting.postgresql_words import ident, own, shortened, text, words
from bothways.operations import Step
from bothways.snapshot import parts_of, split_name

if TYPE_CHECKING:
    from bothways.dialects.drafting.postgresql_side import Side

_NEXT = re.compile(r"nextval\('(?:[^']|'')*'::regclass\)")


def by_default(side: Side, key: str) -> str:
    """The sequence whose next number a column of whole numbers has by its default; nothing where it has another."""
    if columns.plain(side, key) not in WHOLE or not _NEXT.fullmatch(side.fact(key, "default")):
        return ""
    return next((need for need in sorted(side.depends.get(key, ())) if need.startswith("sequence:")), "")


def after_rows(old: Side, new: Side, key: str, *, kept: bool = False) -> tuple[Code, ...]:
    """What lets a sequence that only the new side has go on after the rows that are there already.

    ``kept``: how far it had counted was kept with it.
    """
    sequence = by_default(new, key)
    if not sequence or old.has(sequence) or kept:
        return ()
    return onward(new, sequence, key)


def onward(side: Side, sequence: str, key: str) -> tuple[Code, ...]:
    """Let a sequence that begins anew go on after the numbers that rows have in a column, where there are any."""
    facts, counted = side.facts(sequence), words(sequence.partition(":")[2])
    last = f"{'min' if str(facts['increment']).startswith('-') else 'max'}({ident(own(key))})"
    # A number from outside its range is none that it would hand out, and setval() refuses it.
    within = f"{last} BETWEEN {facts['minimum']} AND {facts['maximum']}"
    return (sql(f"SELECT setval({text(counted)}, {last}) FROM {words(columns.table_of(key))} HAVING {within}"),)


def stays(old: Side, new: Side, sequence: str) -> bool:
    """Whether a column stays that counted by a sequence, so that its rows say how far it had come."""
    return any(by_default(old, key) == sequence and new.has(key) for key in old.dependents.get(sequence, ()))


def moves(old: Side, new: Side, key: str) -> bool:
    """Whether a column that counts by a default is to count by an identity, or the other way."""
    a, b = old.owned.get(key), new.owned.get(key)
    modes = [bool(side.fact(key, "identity")) for side in (old, new)]
    return a is not None and a == b and modes[0] != modes[1]


def identity(old: Side, new: Side, key: str) -> list[Part]:
    """The part that lets a column count by an identity, or no longer, or in another mode."""
    if not columns.changed(old, new, key, ("identity",)):
        return []
    before, after = old.fact(key, "identity"), new.fact(key, "identity")
    if before and after:
        up, down = (_mode(side, key) for side in (new, old))
    elif moves(old, new, key):
        up, down = _moved(old, new, key), _moved(new, old, key)
    else:
        up, down = _given(new, key), _given(old, key)
    return [Part(Step(f"change the identity of {key.partition(':')[2]}", up, down))]


def _mode(side: Side, key: str) -> tuple[Code, ...]:
    mode = "ALWAYS" if side.fact(key, "identity") == "a" else "BY DEFAULT"
    return (columns.alter(columns.table_of(key), f"ALTER COLUMN {ident(own(key))} SET GENERATED {mode}"),)


def _given(side: Side, key: str) -> tuple[Code, ...]:
    """An identity that goes on where the rows are, or none."""
    name, table = ident(own(key)), columns.table_of(key)
    if not side.fact(key, "identity"):
        return (columns.alter(table, f"ALTER COLUMN {name} DROP IDENTITY"),)
    added = columns.alter(table, f"ALTER COLUMN {name} ADD {columns.identity(side, key)}")
    return (added, *onward(side, side.owned[key], key))


def _moved(old: Side, new: Side, key: str) -> tuple[Code, ...]:
    """The counter under its own name, going on where it was."""
    name, table = ident(own(key)), columns.table_of(key)
    sequence = old.owned[key].partition(":")[2]
    owner, relation = split_name(sequence)
    aside = shortened(f"{relation}_before")
    there = ".".join(ident(part) for part in (*parts_of(owner), aside) if part) if owner else ident(aside)
    counter = words(sequence)
    carried = sql(f"SELECT setval({text(counter)}, last_value, is_called) FROM {there}")
    if new.fact(key, "identity"):
        return (
            sql(f"ALTER SEQUENCE {counter} RENAME TO {ident(aside)}"),
            columns.alter(table, f"ALTER COLUMN {name} DROP DEFAULT"),
            columns.alter(table, f"ALTER COLUMN {name} ADD {columns.identity(new, key)}"),
            carried,
            sql(f"DROP SEQUENCE {there}"),
        )
    kind = new.fact(new.owned[key], "type")
    options = columns.sequence_options(new, new.owned[key], kind)
    return (
        sql(f"ALTER SEQUENCE {counter} RENAME TO {ident(aside)}"),
        sql(" ".join([f"CREATE SEQUENCE {counter} AS {kind}", *options, f"OWNED BY {words(key.partition(':')[2])}"])),
        carried,
        columns.alter(table, f"ALTER COLUMN {name} DROP IDENTITY"),
        columns.alter(table, f"ALTER COLUMN {name} SET DEFAULT {new.source(key, 'default')}"),
    )
