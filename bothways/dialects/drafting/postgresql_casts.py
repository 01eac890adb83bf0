"""From one type to another: the expression that converts a value, and what a value loses on the way."""

from __future__ import annotations

import re

STRINGS = frozenset({"text", "varchar", "char", "citext", "name", "bpchar"})
WHOLE = ("smallint", "integer", "bigint")
NUMBERS = frozenset({*WHOLE, "numeric", "real", "double precision"})
_MOMENTS = frozenset({"date", "timestamp", "timestamptz"})
_ASSIGNED = frozenset(
    {("timestamp", "time"), ("timestamptz", "time"), ("timestamptz", "timetz"), ("time", "interval"),
     ("interval", "time"), ("time", "timetz"), ("timetz", "time"), ("json", "jsonb"), ("jsonb", "json"),
     ("bit", "bit varying"), ("bit varying", "bit"), ("inet", "cidr"), ("cidr", "inet"), ("macaddr", "macaddr8"),
     ("macaddr8", "macaddr"), ("numeric", "money"), ("money", "numeric")}
)  # fmt: skip
_SIZED = re.compile(r"\(([\d, -]+)\)")


def base(kind: str) -> str:
    """A type without length and brackets: ``varchar(20)[]`` is ``varchar``."""
    return _SIZED.sub("", kind).replace("[]", "").strip()


def size(kind: str) -> tuple[int, ...]:
    """The numbers in a type's parentheses."""
    found = _SIZED.search(kind)
    return tuple(int(part) for part in found[1].split(",")) if found else ()


def conversion(column: str, old: str, new: str, declared: str) -> str:
    """The USING expression; nothing where the server converts by itself, and refuses what does not fit.

    ``old`` and ``new`` are types without domains, ``declared`` is the new one as the column has it.
    """
    if old.count("[]") != new.count("[]"):
        return "" if base(new) in STRINGS and "[]" not in new else f"{column}::text::{declared}"
    before, after = base(old), base(new)
    same = before == after or {before, after} <= NUMBERS or {before, after} <= _MOMENTS
    if same or after in STRINGS or (before, after) in _ASSIGNED:
        return ""
    if before in STRINGS:
        return f"{column}::{declared}"
    if "[]" not in old and before == "boolean" and after in NUMBERS:
        return f"{column}::integer" if after == "integer" else f"{column}::integer::{declared}"
    if "[]" not in old and before in NUMBERS and after == "boolean":
        return f"{column} <> 0"
    if "[]" not in old and before in WHOLE and after == "interval":
        return f"make_interval(secs => {column})"
    if "[]" not in old and before == "interval" and after in NUMBERS:
        return f"extract(epoch FROM {column})::{declared}"
    if "[]" not in old and before == "bytea":
        # As text it is its hexadecimal form, which is no value of another type.
        return f"convert_from({column}, 'UTF8')::{declared}"
    if "[]" not in old and after == "bytea":
        return f"convert_to({column}::text, 'UTF8')"
    return f"{column}::text{'[]' * old.count('[]')}::{declared}"


def lost(old: str, new: str) -> str:
    """What a value may lose between these types, in a sentence; nothing where all comes back or is refused."""
    before, after = base(old), base(new)
    if before in NUMBERS and after in NUMBERS:
        return _of_number(before, after, size(old), size(new))
    if before in NUMBERS and after == "boolean":
        return "Of a number only stays whether it is zero"
    if before == "interval" and after in NUMBERS:
        return "Of a duration only stays how many seconds it is"
    if before in STRINGS and after not in STRINGS:
        return "" if after == "json" else f"How a value is spelled, since {after} has one spelling for it"
    if before in STRINGS - {"char"} and after in {"char", "name"}:
        return "Blanks at the end of a value"
    if before == "json" and after != "json" and after not in STRINGS:
        return "Blanks, the order of keys and doubled keys of a value"
    return _of_moment(before, after, size(old), size(new))


def _of_number(before: str, after: str, old: tuple[int, ...], new: tuple[int, ...]) -> str:
    digits = {"real": 6, "double precision": 15}
    if before in WHOLE:
        room = digits.get(after, 99)
        return "Digits of large numbers" if room < {"smallint": 5, "integer": 10, "bigint": 19}[before] else ""
    if after in WHOLE:
        return "The digits behind the point"
    if after in digits:
        return "" if before in {"real", after} else "Digits of a number"
    scale = new[1] if len(new) > 1 else (0 if new else None)
    had = old[1] if len(old) > 1 else (0 if old else None)
    return "Digits behind the point" if scale is not None and (had is None or scale < had) else ""


def _of_moment(before: str, after: str, old: tuple[int, ...], new: tuple[int, ...]) -> str:
    if before in {"timestamp", "timestamptz"} and after in {"date", "time", "timetz"}:
        return "The day of a moment" if after.startswith("time") else "The time of day"
    if before == after or {before, after} <= {"timestamp", "timestamptz"}:
        clocks = {"timestamp", "timestamptz", "time", "timetz"}
        if before in clocks and new and new[0] < (old[0] if old else 6):
            return "Fractions of a second"
    return ""


def rewrites(old: str, new: str) -> bool:
    """Whether the server writes all rows anew: not where only a length grows."""
    before, after = base(old), base(new)
    if before in {"varchar", "text"} and after in {"varchar", "text"} and old.count("[]") == new.count("[]"):
        return bool(size(new)) and (not size(old) or size(new) < size(old))
    if before == after == "numeric":
        had, has = size(old), size(new)
        return bool(has) and (not had or has[1:] != had[1:] or has[0] < had[0])
    return True
