"""The rows of a scratch database, kept to show the smallest loss: which row, before and after.

Digests say that something was lost and in which column; these say what. A table's rows are read up to a limit, by
primary key where it has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bothways.dialects.columns import columns_of
from bothways.dialects.plantable import planter_for
from bothways.snapshot import key_part, parts_of, split_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bothways.snapshot import Change, Snapshot

MOST_ROWS = 2_000
"""Rows of a table that are kept; a loss beyond them is still found by the digests, only without its row."""

Row = tuple[tuple[str, str], ...]
Rows = dict[str, Row]
"""Rows by their key as text, each as pairs of a column and its value's text."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Rows of tables."""

    tables: Mapping[str, Rows]


def read(connection: sa.Connection, snapshot: Snapshot) -> Contents:
    """The rows of every table that the snapshot has a digest of."""
    inspector = sa.inspect(connection)
    tables = [n for n in snapshot.names("rows") if f"table:{n}" in snapshot.objects]
    columns = columns_of(snapshot.objects)
    planter = planter_for(snapshot.dialect)
    rows = {n: planter.rows(connection, n, MOST_ROWS, columns[n]) for n in tables}
    return Contents({n: _rows(inspector, n, columns[n], rows[n]) for n in tables})


def _rows(inspector: sa.Inspector, name: str, columns: list[str], rows: list[dict[str, Any]]) -> Rows:
    *schemas, table = parts_of(name)
    schema = schemas[0] if schemas else None
    if not columns:
        return {}
    key = inspector.get_pk_constraint(table, schema=schema)["constrained_columns"] or columns
    found: Rows = {}
    for values in rows:
        row = tuple((c, repr(values[c])) for c in columns)
        texts = dict(row)
        found[", ".join(f"{c}={texts[c]}" for c in key)] = row
    return found


def losses(changes: tuple[Change, ...]) -> tuple[str, ...]:
    """What of the data differs: ``table.column``, or ``table`` where rows are gone, added or swapped."""
    found: dict[str, set[str | None]] = {}
    for change in changes:
        if change.kind == "rows":
            found.setdefault(change.name, set()).add(change.fact)
    return tuple(name for table, facts in sorted(found.items()) for name in _names(table, facts))


def _names(table: str, facts: set[str | None]) -> Iterator[str]:
    columns = sorted(f.removeprefix("column ") for f in facts if f is not None and f.startswith("column "))
    if columns and not facts & {None, "count"}:
        yield from (f"{table}.{key_part(c)}" for c in columns)
    else:
        yield table


def evidence(before: Contents, after: Contents, changes: tuple[Change, ...]) -> str | None:
    """The smallest row that shows the loss, in words; None where none of the rows kept does."""
    for name in losses(changes):
        table = name if name in before.tables else split_name(name)[0]
        old, new = before.tables.get(table, {}), after.tables.get(table, {})
        shown = sorted(_different(table, old, new), key=lambda text: (len(text), text))
        if shown:
            return shown[0]
    return None


def _different(table: str, old: Rows, new: Rows) -> Iterator[str]:
    for key, row in old.items():
        if key not in new:
            yield f"row {key} of {table} is gone"
        elif new[key] != row:
            now = dict(new[key])
            pairs = [f"{c} {_short(v)} → {_short(now.get(c, 'nothing'))}" for c, v in row if now.get(c) != v]
            yield f"row {key} of {table}: {', '.join(pairs)}"
    for key in new.keys() - old.keys():
        yield f"row {key} of {table} was not there before"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
