"""Mistakes in the hints that models give: former names, former labels, values for old rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from bothways.generate.declared import columns_of, enum_of, relation, tables_of
from bothways.generate.former import RENAMED
from bothways.generate.mistakes import Found
from bothways.generate.relabelled import RENAMED_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import sqlalchemy as sa

BACKFILL = "backfill"
_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`""")
_TAKE_OUT = "take the hint out, or correct it"


class _Hinted(NamedTuple):
    kind: str
    name: str
    info: Mapping[str, Any]
    table: sa.Table
    element: Any

    @property
    def what(self) -> str:
        """How it is called in a message."""
        return f"{self.kind} {relation(self.table)}" + ("" if self.element is None else f".{self.name}")


def mistakes(metadata: sa.MetaData, dialect: sa.Dialect) -> Iterator[Found]:
    """Hints that can't be followed, whatever the head is."""
    for group in _groups(metadata):
        yield from _former(group)
    for table in tables_of(metadata):
        for column in columns_of(table):
            yield from _labels(table, column, dialect)
            text = column.info.get(BACKFILL, "x")
            what = f"column {relation(table)}.{column.name} has a backfill that is"
            if not isinstance(text, str) or not text.strip():
                remedy = 'write the expression as a text: info={"backfill": "\'unknown\'"}'
                yield Found(f"{what} no SQL expression", remedy, table, column)
            elif ";" in _QUOTED.sub("", text):
                remedy = "write one expression over the row; for more than that: bothways revision --empty"
                yield Found(f"{what} more than one expression: it has a semicolon", remedy, table, column)


def _groups(metadata: sa.MetaData) -> Iterator[list[_Hinted]]:
    """What shares a space of names: a schema's tables; a table's columns, constraints, indexes."""
    schemas: dict[str | None, list[_Hinted]] = {}
    for table in tables_of(metadata):
        schemas.setdefault(table.schema, []).append(_Hinted("table", table.name, table.info, table, None))
        yield [_Hinted("column", c.name, c.info, table, c) for c in columns_of(table)]
        for kind, elements in (("constraint", table.constraints), ("index", table.indexes)):
            yield sorted(
                (_Hinted(kind, str(e.name), e.info, table, e) for e in elements if e.name), key=lambda h: h.name
            )
    yield from schemas.values()


def _former(group: Sequence[_Hinted]) -> Iterator[Found]:
    former = {h.name: h.info[RENAMED] for h in group if isinstance(h.info.get(RENAMED), str)}
    names = {h.name for h in group}
    first: dict[str, _Hinted] = {}
    for hinted in group:
        old = hinted.info.get(RENAMED)
        if old is None:
            continue
        if not isinstance(old, str) or not old:
            problem = f"has {old!r} as its former name: that is no name"
        elif old == hinted.name:
            problem = "is said to be renamed from its own name"
        elif old in first:
            problem = f"and {first[old].what} are both said to be renamed from {old}"
        elif old in names and old not in former:
            problem = f"is said to be renamed from {old}, which is still there"
        elif _circle(hinted.name, former):
            problem = f"and {old} are said to exchange their names, and nobody could tell whether they have yet"
        else:
            problem = None
        if problem:
            remedy = "rename in two changes, by a name between" if "exchange" in problem else _TAKE_OUT
            yield Found(f"{hinted.what} {problem}", remedy, hinted.table, hinted.element)
        if isinstance(old, str):
            first.setdefault(old, hinted)


def _circle(name: str, former: Mapping[str, str]) -> bool:
    at, seen = former.get(name), {name}
    while at is not None and at not in seen:
        seen.add(at)
        at = former.get(at)
    return at == name


def _labels(table: sa.Table, column: sa.Column[Any], dialect: sa.Dialect) -> Iterator[Found]:
    told = column.info.get(RENAMED_LABELS)
    if told is None:
        return
    what = f"column {relation(table)}.{column.name}"
    if not isinstance(told, dict) or not all(isinstance(text, str) for pair in told.items() for text in pair):
        remedy = 'write info={"renamed_labels": {"old": "new"}}'
        yield Found(f"{what} has renamed_labels that are no dictionary of texts", remedy, table, column)
        return
    enum = enum_of(column, dialect)
    labels = enum.enums if enum is not None else list(told.values())
    for old, new in told.items():
        if old in labels:
            yield Found(
                f"{what} still has the label {old!r}, which is said to be {new!r} now", _TAKE_OUT, table, column
            )
        if new not in labels:
            yield Found(f"{what} has no label {new!r}, which {old!r} is said to be now", _TAKE_OUT, table, column)
