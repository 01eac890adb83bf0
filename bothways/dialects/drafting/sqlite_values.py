"""What becomes of values: what a column makes of another's, and what stands where a value is gone."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from bothways.dialects.drafting.sqlite_texts import names_in, quoted, string
from bothways.dialects.sqlite_catalog import tokens
from bothways.dialects.sqlite_columns import column_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bothways.dialects.drafting.sqlite_tables import Column, Table
    from bothways.dialects.plantable import Kind

_NUMBERS = frozenset({"integer", "real", "numeric"})
_MOMENTS = {
    "datetime": "'1970-01-01 00:00:00.000000'",
    "timestamp": "'1970-01-01 00:00:00.000000'",
    "date": "'1970-01-01'",
    "time": "'00:00:00.000000'",
    "json": "'null'",
}
"""What SQLAlchemy reads in columns whose texts have a form."""
_CUT: Mapping[tuple[Kind, Kind], str] = {
    ("datetime", "date"): "a moment becomes its day, and its time of day is gone",
    ("datetime", "time"): "a moment becomes its time of day, and its day is gone",
}
_COUNTED: frozenset[Kind] = frozenset({"integer", "float", "decimal"})
_READ_FROM: Mapping[Kind, frozenset[Kind]] = {
    "datetime": frozenset(), "date": frozenset(), "time": frozenset(), "uuid": frozenset(),
    **dict.fromkeys((*_COUNTED, "json"), _COUNTED),
}  # fmt: skip
"""By the kind of a column whose values have a form, the other kinds whose values have it, too."""
_NAMED: Mapping[Kind, str] = {
    "datetime": "moment", "integer": "number", "float": "number", "decimal": "number", "json": "JSON", "uuid": "UUID",
}  # fmt: skip


def affinity(column: Column, table: Table) -> str:
    """What SQLite makes of a value that the column is given: https://www.sqlite.org/datatype3.html#determination_of_column_affinity."""
    declared = column.type
    if table.strict and declared == "any":
        return "blob"
    for found, words in (("integer", "int"), ("text", "char|clob|text"), ("blob", "blob"), ("real", "real|floa|doub")):
        if re.search(words, declared):
            return found
    return "numeric" if declared else "blob"


def kind(column: Column) -> Kind:
    """What the words of its type say that it is for, which is what SQLAlchemy reads its values as."""
    return column_of(column.name, column.type).kind


def converted(value: str, old: Column, new: Column) -> str | None:
    """What SQLAlchemy reads as the new type, of a value that it wrote as the old one; None where both look alike."""
    pair = (kind(old), kind(new))
    if pair == ("datetime", "date"):
        return f"substr({value}, 1, 10)"
    if pair == ("datetime", "time"):
        return f"substr({value}, 12)"
    if pair == ("date", "datetime"):
        # What is longer has a time of day, whoever wrote it.
        return f"iif(length({value}) = 10, {value} || ' 00:00:00.000000', {value})"
    return f"'1970-01-01 ' || {value}" if pair == ("time", "datetime") else None


def unreadable(old: Column, new: Column) -> str | None:
    """Which values stay as they are although SQLAlchemy doesn't read them as the new type; None where it reads all."""
    before, after = kind(old), kind(new)
    if before == after or converted("", old, new):
        return None
    if after in _READ_FROM and before not in _READ_FROM[after]:
        return f"A value of {old.key} that is no {_NAMED.get(after, after)} stays, and is read wrongly or not at all."
    if "binary" in {before, after}:
        stays = "bytes" if before == "binary" else "what it is, no bytes,"
        return f"A value of {old.key} stays {stays} until it is written again."
    return None


def mangled(old: Column, was: Table, new: Column, now: Table) -> str | None:
    """What a change of type does to some values, so that they don't come back; None where all of them do."""
    if (pair := (kind(old), kind(new))) in _CUT:
        return _CUT[pair]
    before, after = affinity(old, was), affinity(new, now)
    if before == "text" and after in _NUMBERS:
        return "a text that reads as a number becomes that number, without leading zeros and the like"
    if after == "text" and (before == "real" or (before == "numeric" and _long(old.type))):
        return "a number becomes a text of fifteen digits"
    if before == "integer" and after == "real":
        return "a number beyond 2^53 is rounded"
    if before == "blob" and after != "blob" and not old.type:
        return f"it becomes {after}"
    return None


def stand_in(column: Column, table: Table, unique: frozenset[str]) -> str | None:
    """What a required column holds where its values are gone; None where only a person can tell."""
    name = column.name.lower()
    rules = [" ".join(column.words), *(t for t in table.constraints.values() if name in names_in(t))]
    words = {word for rule in rules for word in tokens(rule)}
    if "references" in words:
        return None
    for label in _labels(name, rules):
        return label
    if name in unique or words & {"unique", "primary"}:
        return None if table.without_rowid else _each_its_own(column, table)
    return _neutral(column, table, checked="check" in words)


def lists(table: Table, column: str, label: str) -> bool:
    """Whether a rule on that column lists a label."""
    texts = (*table.constraints.values(), f"{column} {' '.join(table.columns[column].words)}")
    return any(string(label) in tokens(text) and column in names_in(text) for text in texts)


def _each_its_own(column: Column, table: Table) -> str:
    row = f"{quoted(table.name)}.rowid"
    if re.fullmatch(r"(?:var)?char ?\( ?32 ?\)", column.type):
        return f"printf('%032d', {row})"
    return f"CAST({row} AS TEXT)" if affinity(column, table) == "text" else row


def _neutral(column: Column, table: Table, *, checked: bool) -> str:
    kind = affinity(column, table)
    moment = _MOMENTS.get(re.split(r"[ (]", column.type)[0])
    if moment:
        return moment
    if kind == "text":
        return _text(column.type, checked=checked)
    if kind == "blob":
        return "x''"
    return "1" if checked else "0"


def _text(declared: str, *, checked: bool) -> str:
    if re.fullmatch(r"char ?\( ?32 ?\)", declared):
        return "'" + "0" * 32 + "'"
    return "'-'" if checked else "''"


def _labels(name: str, rules: list[str]) -> Iterator[str]:
    """The texts that a rule lists for a column."""
    for rule in rules:
        words = [word.strip('"') for word in tokens(rule)]
        for place, pair in enumerate(pairwise(words)):
            if pair == (name, "in") and words[place + 2 : place + 3] == ["("]:
                yield words[place + 3]


def _long(declared: str) -> bool:
    """Whether a number of that type may have more than fifteen digits."""
    named = re.fullmatch(r"(?:numeric|decimal) ?(?:\( ?(\d+).*)?", declared)
    return named is not None and (named[1] is None or int(named[1]) > 15)
