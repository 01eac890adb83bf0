"""What becomes of a column's values when MySQL or MariaDB changes its type: kept, refused, or silently altered.

A strict session, which is what both servers have by default, refuses what does not fit: too long, out of range, no
label. It only notes what it rounds, and reads texts in more than one way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from bothways.dialects.mysql_columns import column_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bothways.dialects.drafting.mysql_tables import Column
    from bothways.dialects.plantable import PlantableColumn

Outcome = Literal["kept", "refused", "altered"]
_SHAPES = frozenset(
    "geometry point linestring polygon multipoint multilinestring multipolygon geometrycollection".split()  # noqa: SIM905
)
_OPAQUE = _SHAPES | {"inet4", "inet6", "uuid"}
"""Types that only texts become, and that become only texts."""
_TEXTS = re.compile("char|text|blob|binary|enum|set|json")
_EXACT = {4: 24, 8: 53}
"""How many bits of a whole number a FLOAT and a DOUBLE hold."""


def outcome(old: Column, new: Column) -> Outcome:
    """What becomes of those of the old column's values that are hardest for the new one."""
    was, now = _read(old), _read(new)
    if old.type == new.type and _charset(old) == _charset(new):
        return "kept"
    if was.fixed != now.fixed and "float" in {was.kind, now.kind}:
        return "refused"
    if old.type.startswith("char(") != new.type.startswith("char(") and new.type.startswith("char("):
        return "altered"  # blanks at the end are no part of a CHAR
    rule = _RULES.get((_family(was), _family(now)))
    return rule(was, now) if rule else "altered"


def incompatible(old: str, new: str) -> bool:
    """Whether the server refuses to make one type of the other, also in an empty table (measured on MariaDB 10.11)."""
    names = {re.split(r"[ (]", kind)[0] for kind in (old, new)}
    if len(names) == 1 or names <= _SHAPES:
        return False
    return bool(names & _OPAQUE) and not any(map(_TEXTS.search, names - _OPAQUE))


def becomes(column: Column) -> str:
    """The type in words for a sentence."""
    return column.type if len(column.type) <= 40 else f"{column.type[:39]}…"


def _read(column: Column) -> PlantableColumn:
    collation = str(column.facts.get("collation") or "")
    return column_of(column.name, column.type, collation=collation)


def _charset(column: Column) -> str:
    return str(column.facts.get("collation") or "").partition("_")[0]


def _family(column: PlantableColumn) -> str:
    return "text" if column.kind == "json" else column.kind


def _fits(does: bool) -> Outcome:
    return "kept" if does else "refused"


def _whole(was: PlantableColumn, now: PlantableColumn) -> Outcome:
    return _fits(now.low <= was.low and was.high <= now.high)


def _digits(column: PlantableColumn) -> int:
    if column.kind == "integer":
        return len(str(max(-column.low, column.high)))
    return (column.length or 10) - column.scale


def _decimal(was: PlantableColumn, now: PlantableColumn) -> Outcome:
    if was.scale > now.scale:
        return "altered"
    return _fits(_digits(was) <= _digits(now) and now.low <= was.low)


def _signed(was: PlantableColumn, now: PlantableColumn) -> Outcome:
    return _fits(_digits(was) <= _digits(now) and (now.low < 0 or was.low >= 0))


def _rounded(was: PlantableColumn, _now: PlantableColumn) -> Outcome:
    return "altered" if was.scale else "refused"


def _floating(was: PlantableColumn, now: PlantableColumn) -> Outcome:
    return "kept" if was.high < 2 ** _EXACT[now.length or 4] else "altered"


def _float(was: PlantableColumn, now: PlantableColumn) -> Outcome:
    wider = was.type == "float" and now.type in {"float", "double"}
    return "kept" if wider else "altered"


def _text(was: PlantableColumn, now: PlantableColumn) -> Outcome:
    wide = now.alphabet == "all" or (was.alphabet == now.alphabet != "ascii")
    # A text without a length of its own is counted in bytes.
    return _fits(wide and _bytes(was) <= _bytes(now) and _characters(was) <= _characters(now))


def _characters(column: PlantableColumn) -> int:
    return column.length or 0


def _bytes(column: PlantableColumn) -> int:
    return (column.length or 0) * (1 if column.kind == "binary" else 4)


def _binary(was: PlantableColumn, now: PlantableColumn) -> Outcome:
    if now.fixed:
        return "altered"  # filled up with zeros
    return _fits(_bytes(was) <= _bytes(now))


def _seconds(was: PlantableColumn, now: PlantableColumn) -> Outcome:
    if (was.length or 0) > (now.length or 0):
        return "altered"
    return _fits(now.low <= was.low)


def _labels(was: PlantableColumn, now: PlantableColumn) -> Outcome:
    return _fits(set(was.labels) <= set(now.labels))


def _written(was: PlantableColumn, now: PlantableColumn) -> Outcome:
    longest = sum(len(label) + 1 for label in was.labels) if was.kind == "set" else max(map(len, was.labels), default=0)
    return _fits(longest <= (now.length or 0))


def _kept(_was: PlantableColumn, _now: PlantableColumn) -> Outcome:
    return "kept"


_RULES: Mapping[tuple[str, str], Callable[[PlantableColumn, PlantableColumn], Outcome]] = {
    ("integer", "integer"): _whole,
    ("integer", "decimal"): _signed,
    ("integer", "float"): _floating,
    ("decimal", "decimal"): _decimal,
    ("decimal", "integer"): _rounded,
    ("float", "float"): _float,
    ("text", "text"): _text,
    ("text", "binary"): _binary,
    ("binary", "binary"): _binary,
    ("binary", "text"): lambda _was, _now: "refused",
    ("datetime", "datetime"): _seconds,
    ("time", "time"): _seconds,
    ("date", "datetime"): _kept,
    ("choice", "choice"): _labels,
    ("set", "set"): _labels,
    ("choice", "text"): _written,
    ("set", "text"): _written,
}
